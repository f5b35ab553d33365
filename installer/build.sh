#!/bin/sh
# sh installer/build.sh [OUT]: what is handed out, into OUT (build/installer): the setup, the portable folder as a zip, the
# list of what they are made of (SPDX) and the checksums of the three. Takes the programs of build/windows, which it builds
# if they are not there. Same sources, same bytes: every time in it is that of the last commit, or SOURCE_DATE_EPOCH.
# Signed if the environment says by what (sign.sh).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/build/installer}
mkdir -p "$out"
out=$(cd "$out" && pwd)

version=$(sed -n 's/^project(monban VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
[ -n "$version" ] || { echo "build: CMakeLists.txt says no version" >&2; exit 1; }
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
umask 022

console=$root/build/windows/app/cli/monban.exe
wizard=$root/build/windows/app/wizard/monban-wizard.exe
if [ ! -e "$console" ] || [ ! -e "$wizard" ]; then
    [ -e "$root/build/windows-libraries.cmake" ] || sh "$root/installer/dependencies.sh"
    (cd "$root" && cmake --preset windows && cmake --build --preset windows --target monban monban-wizard)
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
stage=$work/stage
mkdir "$stage"
for program in "$console" "$wizard"; do
    x86_64-w64-mingw32-strip -o "$stage/$(basename "$program")" "$program"
    sh "$root/installer/sign.sh" "$stage/$(basename "$program")"
done
python3 "$root/installer/package/stage.py" "$root" "$stage" "$version"
python3 "$root/installer/package/files.py" "$stage" "$work/parts.nsh"
sh "$root/installer/icon.sh" "$work/monban.ico"
find "$stage" -type f -exec chmod 644 {} + -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

cd "$out"
setup=Monban-Setup-$version.exe portable=Monban-$version-portable.zip materials=Monban-$version.spdx.json
rm -f "$setup" "$portable" "$materials" SHA256SUMS
(cd "$root/installer" && makensis -V2 -NOCD -INPUTCHARSET UTF8 "-DVERSION=$version" "-DPARTS=$work/parts.nsh" "-DICON=$work/monban.ico" \
    "-DSIZE_KB=$(du -sk --apparent-size "$stage" | cut -f1)" "-DOUT=$out/$setup" monban.nsi)
sh "$root/installer/sign.sh" "$setup"
python3 "$root/installer/package/portable.py" "$stage" "$portable" "Monban-$version"
python3 "$root/installer/package/sbom.py" "$root" "$stage" "$version" "$materials"
sha256sum "$setup" "$portable" "$materials" > SHA256SUMS
ls -l "$setup" "$portable" "$materials" SHA256SUMS
