#!/bin/sh
# Sets this Debian 12 up, builds Monban and does its main job once: a practice server is made, client-certificate
# authentication is set up on it, and curl shows who gets in. Leaves the report in build/demo.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

sh installer/dependencies.sh
cmake --preset release > build/release.configure.log 2>&1 || { cat build/release.configure.log; exit 1; }
cmake --build --preset release --target monban
monban=$root/build/release/app/cli/monban
demo=$root/build/demo
server=$demo/server
rm -rf "$demo"
mkdir -p "$demo"

echo
echo "== A practice server: a folder that behaves like Windows Server 2022 with IIS and a private CA"
"$monban" practice new "$server" > /dev/null
"$monban" --practice "$server" status

echo
echo "== The plan: what would run, and why"
"$monban" --practice "$server" plan --answers "$server/answers.json" --password-file "$server/ca/password.txt"

echo
echo "== The set-up"
"$monban" --practice "$server" apply --yes --answers "$server/answers.json" --password-file "$server/ca/password.txt" | tee "$demo/report.txt"
"$monban" practice restart "$server"

"$monban" practice serve "$server" > "$demo/listening.json" 2> "$demo/serve.log" &
serving=$!
trap 'kill $serving 2>/dev/null || true' EXIT
waited=0
while [ ! -s "$demo/listening.json" ]; do
    sleep 0.1
    waited=$((waited + 1))
    [ "$waited" -lt 100 ] || { echo "The practice server did not start:"; cat "$demo/serve.log"; exit 1; }
done
port=$(jq -r '.https[0].url' "$demo/listening.json" | sed 's#.*:\([0-9]*\)/.*#\1#')
host=iisdemo.spt-demo.local
openssl x509 -inform DER -in "$server/ca/ia1.der" -out "$demo/root.pem"

echo
echo "== Who gets in (curl https://$host/, the practice CA trusted)"
failed=0
show() {
    expected=$1
    label=$2
    shift 2
    code=$(curl --silent --output "$demo/page.html" --write-out '%{http_code}' --cacert "$demo/root.pem" \
        --connect-to "$host:443:127.0.0.1:$port" "$@" "https://$host/") || code=none
    detail=$(sed -n 's/.*\(403\.[0-9]*\).*/\1/p' "$demo/page.html" | head -n 1)
    printf '  %-38s %s %s\n' "$label" "$code" "$detail"
    [ "$code" = "$expected" ] || failed=1
}
password=$demo/curl-password
with() {
    # curl reads the certificate's password from a configuration file, not from its arguments.
    umask 077
    printf 'cert-type = "P12"\ncert = "%s:%s"\n' "$server/ca/$1" "$(cat "$server/ca/password.txt")" > "$password"
}
show 403 "no certificate"
for file in client client-other-ca client-trusted-elsewhere client-expired client-revoked; do
    with "$file.p12"
    [ "$file" = client ] && expected=200 || expected=403
    show "$expected" "$file.p12" --config "$password"
done
rm -f "$password"
[ "$failed" = 0 ] || { echo "This is not what was expected."; exit 1; }
echo
echo "The report is in build/demo/report.txt, the practice server in build/demo/server."
