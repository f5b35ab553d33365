#!/bin/sh
# sh installer/sign.sh FILE.exe: signs it in place, if MONBAN_SIGN_CERTIFICATE names a PKCS#12 file and
# MONBAN_SIGN_PASSWORD_FILE the file with its password; MONBAN_SIGN_TIMESTAMP is the address of a time-stamp authority,
# without which a signature ends with its certificate. Without a certificate nothing happens.
set -eu
[ -n "${MONBAN_SIGN_CERTIFICATE:-}" ] || exit 0
if [ ! -r "${MONBAN_SIGN_PASSWORD_FILE:-}" ]; then
    echo "sign: MONBAN_SIGN_PASSWORD_FILE names no file that can be read" >&2
    exit 1
fi
signed=$1.signed
rm -f "$signed"
trap 'rm -f "$signed"' EXIT
# The password goes by its file: arguments are everybody's to read.
osslsigncode sign -pkcs12 "$MONBAN_SIGN_CERTIFICATE" -readpass "$MONBAN_SIGN_PASSWORD_FILE" -h sha256 -n Monban \
    ${MONBAN_SIGN_TIMESTAMP:+-ts "$MONBAN_SIGN_TIMESTAMP"} -in "$1" -out "$signed" > /dev/null
mv "$signed" "$1"
