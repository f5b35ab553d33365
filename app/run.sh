#!/bin/sh
# Sets this Debian 12 up, builds Monban and does its main job: the wizard sets up client-certificate authentication on a
# practice server. Without a display it does so by itself, leaves pictures of every page, and curl shows who gets in;
# report and pictures are in build/demo. --windows: the Windows program under Wine.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

windows=""
for argument; do
    case $argument in
        --windows) windows=yes ;;
        *) echo "run.sh [--windows]: --windows shows the Windows program under Wine" >&2; exit 2 ;;
    esac
done

sh installer/dependencies.sh
cmake --preset release > build/release.configure.log 2>&1 || { cat build/release.configure.log; exit 1; }
cmake --build --preset release --target monban monban-wizard
monban=$root/build/release/app/cli/monban
wizard=$root/build/release/app/wizard/monban-wizard
if [ -n "$windows" ]; then
    cmake --preset windows > build/windows.configure.log 2>&1 || { cat build/windows.configure.log; exit 1; }
    cmake --build --preset windows --target monban-wizard
    wizard=$root/build/windows/app/wizard/monban-wizard.exe
fi
demo=$root/build/demo
server=$demo/server
rm -rf "$demo"
mkdir -p "$demo"
"$monban" practice new "$server" > /dev/null

# With a display the wizard is the user's. Its files: server.p12, ia1.der, client.p12 in build/demo/server/ca, the
# password of all of them in password.txt.
if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
    echo "The wizard opens on the practice server in build/demo/server; its certificates are in the folder ca there."
    if [ -n "$windows" ]; then exec sh tests/windows/wine.sh "$wizard" --practice "$server"; fi
    exec "$wizard" --practice "$server"
fi

# Without one it walks through by itself: in Japanese on that server, in English on one of its own.
show() { if [ -n "$windows" ]; then sh tests/windows/wine_window.sh "$wizard" "$@"; else xvfb-run -a -s "-screen 0 1280x900x24" "$wizard" "$@" 2> "$demo/wizard.log" || { cat "$demo/wizard.log"; exit 1; }; fi; }
echo
echo "== The wizard walks the standard set-up (no display: on a screen in memory)"
show --tour "$demo/pictures" --lang ja --practice "$server"
show --tour "$demo/pictures" --lang en
ls "$demo/pictures" | sed 's/^/  build\/demo\/pictures\//'

echo
echo "== What is so on the server now, step by step"
"$monban" --practice "$server" plan --answers "$server/answers.json" --password-file "$server/ca/password.txt" | tee "$demo/report.txt"
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
visit() {
    expected=$1
    label=$2
    shift 2
    code=$(curl --silent --noproxy '*' --output "$demo/page.html" --write-out '%{http_code}' --cacert "$demo/root.pem" \
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
visit 403 "no certificate"
for file in client client-other-ca client-trusted-elsewhere client-expired client-revoked; do
    with "$file.p12"
    [ "$file" = client ] && expected=200 || expected=403
    visit "$expected" "$file.p12" --config "$password"
done
rm -f "$password"
[ "$failed" = 0 ] || { echo "This is not what was expected."; exit 1; }
echo
echo "The report is in build/demo/report.txt, the pictures in build/demo/pictures, the practice server in build/demo/server."
