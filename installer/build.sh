#!/bin/sh
# sh installer/build.sh [OUT]: what is handed out, into OUT (build/installer): the setup, the portable folder as a zip, the
# list of what they are made of (SPDX) and the checksums of the three. It brings the programs of build/windows up to date and
# packs those. Same sources, same bytes: every time in it is that of the last commit, or SOURCE_DATE_EPOCH.
# Signed if the environment says by what (sign.sh).
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
out=${1:-$root/build/installer}
mkdir -p "$out"
out=$(cd "$out" && pwd)

console=$root/build/windows/app/cli/monban.exe
wizard=$root/build/windows/app/wizard/monban-wizard.exe
# Programs that lie there without a build of their own are packed as they are. Otherwise the libraries come first: where one
# of them is another by now, dependencies.sh has removed CMakeCache.txt.
if [ -e "$root/build/windows/build.ninja" ] || [ ! -e "$console" ] || [ ! -e "$wizard" ]; then
    sh "$root/installer/dependencies.sh"
    cd "$root"
    [ -e build/windows/CMakeCache.txt ] || cmake --preset windows
    cmake --build --preset windows --target monban monban-wizard
fi

version=$(sed -n 's/^project(monban VERSION \([0-9.]*\).*/\1/p' "$root/CMakeLists.txt")
[ -n "$version" ] || { echo "build: CMakeLists.txt says no version" >&2; exit 1; }
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(git -C "$root" log -1 --format=%ct)}
export SOURCE_DATE_EPOCH TZ=UTC LC_ALL=C.UTF-8 PYTHONDONTWRITEBYTECODE=1
umask 022

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
# Without the time, and without a base made of the file's path.
x86_64-w64-mingw32-gcc -Wall -Wextra -Werror -Os -s -shared -nostdlib -fno-builtin -Wl,--no-insert-timestamp -Wl,--disable-auto-image-base \
    -o "$work/set_temp.dll" "$root/installer/set_temp.c"
find "$stage" "$work/set_temp.dll" -type f -exec chmod 644 {} + -exec touch -h -d "@$SOURCE_DATE_EPOCH" {} +

cd "$out"
setup=Monban-Setup-$version.exe portable=Monban-$version-portable.zip materials=Monban-$version.spdx.json
rm -f "$setup" "$portable" "$materials" SHA256SUMS
# Not what "du" says: to that a folder adds a size that differs from file system to file system.
kilobytes=$(find "$stage" -type f -printf '%s\n' | awk '{ bytes += $1 } END { print int((bytes + 1023) / 1024) }')
(cd "$root/installer" && makensis -V2 -NOCONFIG -NOCD -INPUTCHARSET UTF8 "-DVERSION=$version" "-DPARTS=$work/parts.nsh" \
    "-DICON=$work/monban.ico" "-DSET_TEMP=$work/set_temp.dll" "-DSIZE_KB=$kilobytes" "-DOUT=$out/$setup" monban.nsi)
sh "$root/installer/sign.sh" "$setup"
python3 "$root/installer/package/portable.py" "$stage" "$portable" "Monban-$version"
python3 "$root/installer/package/sbom.py" "$root" "$stage" "$version" "$materials"
sha256sum "$setup" "$portable" "$materials" > SHA256SUMS
ls -l "$setup" "$portable" "$materials" SHA256SUMS
