#!/bin/sh
# SPDX-License-Identifier: MIT
# How the files in this folder were made (OpenSSL 3.0): one RSA key and its certificate with an intermediate and a root CA,
# as a modern and as an old PKCS#12 file. They protect nothing: the password stands here, and one round of hashing keeps
# the tests quick.
set -e
ec="-newkey ec -pkeyopt ec_paramgen_curve:P-256"
openssl req -x509 $ec -nodes -utf8 -days 20000 -keyout root.key -out root.pem -subj '/O=門番/CN=Stores Root'
issue() { # NAME SUBJECT ISSUER KEYTYPE EXTENSIONS
    openssl req $4 -nodes -utf8 -keyout "$1.key" -out "$1.csr" -subj "$2"
    printf '%s\n' "$5" > "$1.ext"
    openssl x509 -req -in "$1.csr" -CA "$3.pem" -CAkey "$3.key" -CAcreateserial -days 20000 -extfile "$1.ext" -out "$1.pem"
}
issue middle '/O=門番/CN=Stores Intermediate' root "$ec" 'basicConstraints=critical,CA:TRUE'
issue server '/CN=stores.example' middle '-newkey rsa:2048' 'subjectAltName=DNS:stores.example
extendedKeyUsage=serverAuth'
cat middle.pem root.pem > chain.pem
export12() {
    openssl pkcs12 -export -inkey server.key -in server.pem -certfile chain.pem -name 'サーバー証明書 2026' -noiter -nomaciter \
        -passout pass:kanarienvogel-Wq7 "$@"
}
export12 -out aes.p12
export12 -keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1 -out 3des.p12
rm -f *.key *.csr *.ext *.pem *.srl
