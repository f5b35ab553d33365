#!/bin/sh
# Runs a Windows program under Wine in a prefix of the tests' own: wine.sh PROGRAM.exe ARGUMENT...
# The prefix is made once and shared; MONBAN_WINEPREFIX names another.
set -eu
prefix=${MONBAN_WINEPREFIX:-${MONBAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/monban}/wine-prefix}
export WINEPREFIX="$prefix" WINEDEBUG=-all WINEDLLOVERRIDES="mscoree=;mshtml=;winedbg.exe=d"
mkdir -p "$prefix/home"
if [ ! -e "$prefix/ready-3" ]; then
    (
        flock 9
        if [ ! -e "$prefix/ready-3" ]; then
            # Wine links Documents and the like to HOME: they must not be the real ones.
            HOME="$prefix/home" DISPLAY="" wineboot -i > /dev/null 2>&1 < /dev/null
            HOME="$prefix/home" wineserver -w
            # Japanese text: a replacement counts only for a font that is not there, so of fonts-wine's own only the one
            # with the signs of the caption's buttons is taken over.
            fonts='HKCU\Software\Wine\Fonts\Replacements'
            for name in Tahoma "Segoe UI" "MS Shell Dlg" "MS Shell Dlg 2" "MS UI Gothic" "MS PGothic" Meiryo "Meiryo UI" "Yu Gothic" "Yu Gothic UI"; do
                HOME="$prefix/home" wine reg add "$fonts" /v "$name" /d "Noto Sans CJK JP" /f > /dev/null 2>&1 < /dev/null
            done
            for name in "Courier New" Consolas "MS Gothic"; do
                HOME="$prefix/home" wine reg add "$fonts" /v "$name" /d "Noto Sans Mono CJK JP" /f > /dev/null 2>&1 < /dev/null
            done
            cp /usr/share/wine/fonts/marlett.ttf "$prefix/drive_c/windows/Fonts/" 2> /dev/null || true
            HOME="$prefix/home" wineserver -k || true
            touch "$prefix/ready-3"
        fi
    ) 9> "$prefix/lock"
fi
export HOME="$prefix/home"
# Wine's own services would keep the caller's pipes open: they are started beforehand, on no pipe at all.
# The short program makes them start; they end a while after the last one did.
wineserver -p60 > /dev/null 2>&1 < /dev/null || true
wine cmd /c exit > /dev/null 2>&1 < /dev/null || true
exec wine "$@"
