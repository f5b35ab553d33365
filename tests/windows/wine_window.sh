#!/bin/sh
# Runs a Windows program that has windows under Wine, on a screen of its own: wine_window.sh PROGRAM.exe ARGUMENT...
# Wine's desktop belongs to the screen on which its services were started, and they outlive a program: here both begin and
# end with it, in a prefix apart from that of the console programs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
MONBAN_WINEPREFIX=${MONBAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/monban}/wine-prefix-window
export MONBAN_WINEPREFIX
mkdir -p "$MONBAN_WINEPREFIX"
exec 8> "$MONBAN_WINEPREFIX/screen.lock"
flock 8
code=0
xvfb-run -a -s "-screen 0 ${MONBAN_SCREEN:-1280x900x24}" sh "$here/wine.sh" "$@" 8>&- || code=$?
WINEPREFIX=$MONBAN_WINEPREFIX wineserver -k 8>&- > /dev/null 2>&1 || true
WINEPREFIX=$MONBAN_WINEPREFIX wineserver -w 8>&- > /dev/null 2>&1 || true
exit "$code"
