#!/bin/sh
# SPDX-License-Identifier: MIT
# How the files in this folder were made (OpenSSL 3.0): seeds for tests/fuzz, kept so that the test is the same each time.
# They protect nothing: the password is "fuzz", and one round of hashing keeps the test quick.
set -e
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256"
openssl req -x509 $ec -nodes -utf8 -days 20000 -keyout root.key -out root.pem -subj '/O=日本/CN=Fuzz Root'
openssl req $ec -nodes -utf8 -keyout leaf.key -out leaf.csr -subj '/CN=サーバー' -addext subjectAltName=DNS:fuzz.example,IP:10.0.0.1
cat > leaf.ext <<'END'
subjectAltName=DNS:fuzz.example,IP:10.0.0.1,IP:2001:db8::1
extendedKeyUsage=serverAuth,clientAuth,1.2.3.4
crlDistributionPoints=URI:http://ca.example/fuzz.crl
authorityInfoAccess=OCSP;URI:http://ocsp.example/
END
openssl x509 -req -in leaf.csr -CA root.pem -CAkey root.key -CAcreateserial -days 20000 -extfile leaf.ext -out leaf.pem
export12() { openssl pkcs12 -export -inkey leaf.key -in leaf.pem -certfile root.pem -name 'サーバー' -noiter -nomaciter -passout pass:fuzz "$@"; }
export12 -out modern.p12
export12 -legacy -out legacy.p12
export12 -nomac -keypbe PBE-SHA1-3DES -certpbe NONE -out nomac.p12
export12 -keypbe NONE -certpbe NONE -out plain.p12
openssl x509 -in leaf.pem -outform DER -out leaf.der
openssl req -in leaf.csr -outform DER -out request.der
openssl crl2pkcs7 -nocrl -certfile leaf.pem -certfile root.pem -outform DER -out reply.p7b
cat root.key leaf.pem root.pem > bundle.pem
printf '[ca]\ndefault_ca=d\n[d]\ndatabase=index.txt\ncrlnumber=number\nserial=serial\nnew_certs_dir=.\npolicy=p\ndefault_md=sha256\ndefault_days=9\ncrl_extensions=x\n[x]\nissuingDistributionPoint=critical,@i\n[i]\nfullname=URI:http://x/\nindirectCRL=TRUE\n[p]\ncommonName=supplied\n' > ca.cnf
: > index.txt; echo 01 > number; echo 01 > serial
openssl ca -config ca.cnf -keyfile root.key -cert root.pem -revoke leaf.pem -crl_reason keyCompromise
openssl ca -gencrl -config ca.cnf -keyfile root.key -cert root.pem -crldays 20000 | openssl crl -outform DER -out list.crl
rm -f root.key leaf.key leaf.csr leaf.ext leaf.pem root.pem root.srl ca.cnf index.txt* number* serial*
