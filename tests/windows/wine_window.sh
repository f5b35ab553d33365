#!/bin/sh
# Runs a Windows program that has windows under Wine, on a screen of its own: wine_window.sh PROGRAM.exe ARGUMENT...
# MONBAN_SCREEN: its size (1280x900x24). MONBAN_DPI: 192 for letters and controls at 200 %, in a prefix apart.
# Wine's desktop belongs to the screen on which its services were started, and they outlive a program: here both begin and
# end with it, in a prefix apart from that of the console programs.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
MONBAN_WINEPREFIX=${MONBAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/monban}/wine-prefix-window${MONBAN_DPI:+-$MONBAN_DPI}
export MONBAN_WINEPREFIX
mkdir -p "$MONBAN_WINEPREFIX"
exec 8> "$MONBAN_WINEPREFIX/screen.lock"
flock 8
if [ ! -e "$MONBAN_WINEPREFIX/window-ready" ]; then
    set_key() { DISPLAY="" sh "$here/wine.sh" reg add "$@" /f 8>&- > /dev/null 2>&1; }
    # Nobody manages windows on this screen: Wine would wait two seconds for it whenever one is closed.
    set_key 'HKCU\Software\Wine\AppDefaults\wizard_gui_tests.exe\X11 Driver' /v Managed /d N
    [ -z "${MONBAN_DPI:-}" ] || set_key 'HKCU\Control Panel\Desktop' /v LogPixels /t REG_DWORD /d "$MONBAN_DPI"
    WINEPREFIX=$MONBAN_WINEPREFIX wineserver -k 8>&- > /dev/null 2>&1 || true
    WINEPREFIX=$MONBAN_WINEPREFIX wineserver -w 8>&- > /dev/null 2>&1 || true
    touch "$MONBAN_WINEPREFIX/window-ready"
fi
code=0
xvfb-run -a -s "-screen 0 ${MONBAN_SCREEN:-1280x900x24}" sh "$here/wine.sh" "$@" 8>&- || code=$?
WINEPREFIX=$MONBAN_WINEPREFIX wineserver -k 8>&- > /dev/null 2>&1 || true
WINEPREFIX=$MONBAN_WINEPREFIX wineserver -w 8>&- > /dev/null 2>&1 || true
exit "$code"
