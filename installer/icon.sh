#!/bin/sh
# sh installer/icon.sh OUT.ico: the icon of the programs and of the setup, drawn from resources/icons. What is small has
# a drawing of its own. The large picture stays a PNG inside, as Windows wants it.
set -eu
out=$1
icons=$(cd "$(dirname "$0")/../resources/icons" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for size in 16 20 24; do rsvg-convert -w $size -h $size -o "$work/$size.png" "$icons/monban-small.svg"; done
for size in 32 48 64 256; do rsvg-convert -w $size -h $size -o "$work/$size.png" "$icons/monban.svg"; done
cd "$work"
icotool -c -o icon.ico 16.png 20.png 24.png 32.png 48.png 64.png --raw=256.png
cd - > /dev/null
cp "$work/icon.ico" "$out"
