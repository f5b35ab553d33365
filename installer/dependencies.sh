#!/bin/sh
# Installs what a bare Debian 12 lacks to build and test Monban, and cross-builds the libraries of the Windows
# programs from Debian's own source packages. What was built stays in a cache folder outside the tree, one folder
# per library, named by its version and a hash of the flags below: a second run only looks and takes seconds.
# The cache is $MONBAN_CACHE, or ~/.cache/monban.
set -eu

root=$(cd "$(dirname "$0")/.." && pwd)
cache=${MONBAN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/monban}
mkdir -p "$cache" "$root/build"

packages="
apache2-bin at-spi2-core ca-certificates ccache chromium cmake curl dpkg-dev file fonts-noto-cjk fonts-wine g++ g++-mingw-w64-x86-64-posix
gcc-mingw-w64-x86-64-posix gettext git gnutls-bin googletest icoutils jq libasan8 libbenchmark-dev libboost-filesystem1.81-dev
libboost1.81-dev libcli11-dev libgtest-dev libgtk-3-dev libnghttp2-dev libnss3-tools libpng-dev libpugixml-dev librsvg2-bin libssl-dev
libubsan1 libwxgtk3.2-dev libz-mingw-w64-dev locales make nginx ninja-build nlohmann-json3-dev nsis openjdk-17-jre-headless openssl
osslsigncode perl pkg-config python3 wine wine64 xauth xvfb xz-utils
"

missing=""
for package in $packages; do
    # Two spellings of the same state: "install ok installed", whatever was asked of the package before.
    case $(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true) in
        *" ok installed") ;;
        *) missing="$missing $package" ;;
    esac
done
if [ -n "$missing" ]; then
    echo "dependencies: installing$missing"
    asRoot=""
    [ "$(id -u)" = 0 ] || asRoot=sudo
    $asRoot apt-get update -q
    # The web servers among them are for tests that start their own: none is to run on this machine because of us.
    policy=/usr/sbin/policy-rc.d
    [ -e "$policy" ] && policy=""
    [ -z "$policy" ] || printf '#!/bin/sh\nexit 101\n' | $asRoot tee "$policy" > /dev/null
    [ -z "$policy" ] || $asRoot chmod 755 "$policy"
    $asRoot env DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends $missing || failed=$?
    [ -z "$policy" ] || $asRoot rm "$policy"
    [ -z "${failed:-}" ] || exit "$failed"
fi

# Of what is copied from an installed package.
version() { dpkg-query -W -f '${source:Upstream-Version}' "$1"; }
compiler=$(x86_64-w64-mingw32-g++-posix -dumpfullversion)
toolchain=$root/installer/cmake/mingw-w64.cmake

# Two runs at once would build into the same folders.
exec 9> "$cache/lock"
flock 9

# Debian's source packages, read through lists of our own so that the machine's sources stay as they are. What counts is
# the newest of these lists: an installed package may be older, and its source no longer to be had.
sources=$cache/sources
aptOptions="-o Dir::Etc::sourcelist=$sources/sources.list -o Dir::Etc::sourceparts=$sources/parts -o Dir::State::lists=$sources/lists
    -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= -o APT::Sandbox::User=root -o APT::Update::Error-Mode=any
    -o Acquire::Retries=0 -o Acquire::http::Timeout=20"
listed() { [ -n "$(find "$sources/lists" -name '*Sources*' 2>/dev/null | head -n 1)" ]; }
if ! listed || [ -z "$(find "$sources/refreshed" -mtime -3 2>/dev/null)" ]; then
    mkdir -p "$sources/parts" "$sources/lists/partial"
    for file in /etc/apt/sources.list.d/*.sources; do
        [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" > "$sources/parts/$(basename "$file")"
    done
    { grep -h '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
        sed 's/^deb /deb-src /' > "$sources/sources.list"
    rm -rf "$sources/gone"
    if apt-get $aptOptions update -q; then
        touch "$sources/refreshed"
    elif listed; then
        echo "dependencies: Debian's lists of sources cannot be refreshed; going on with the ones of before" >&2
    else
        exit 1
    fi
fi

# download PACKAGE=VERSION WAY: the source package, into $work. Lists may name what a mirror does not have: that is not
# asked for again before they are to be refreshed.
download() {
    gone=$sources/gone/$1-$2
    [ ! -e "$gone" ] || return 1
    rm -rf "$work"
    mkdir -p "$work" "$sources/gone"
    tarOnly=""
    [ "$2" = patched ] || tarOnly=--tar-only
    (cd "$work" && apt-get $aptOptions source --download-only $tarOnly "$1") > "$work/download.log" 2>&1 && return 0
    if grep -q ' 404 ' "$work/download.log"; then touch "$gone"; else tail -n 5 "$work/download.log" >&2; fi
    rm -rf "$work"
    return 1
}

# built NAME PACKAGE WAYS FLAGS: the folder of that library, of the newest source package that is in the cache or can be
# downloaded; "new" is set when it has to be built there. WAYS, the better one first: "patched" as Debian builds it, known
# by Debian's whole version; "upstream" as its authors published it, known by theirs.
folders=""
built() {
    key=$(printf '%s' "$4 gcc-$compiler" | sha256sum | cut -c1-12)
    work=$cache/work-$1
    for sourceVersion in $(apt-cache $aptOptions showsrc --only-source "$2" 2>/dev/null | sed -n 's/^Version: //p' | sort -urV); do
        for way in $3; do
            label=$sourceVersion
            [ "$way" = patched ] || label=$(echo "$label" | sed 's/^[0-9]*://; s/-[^-]*$//; s/+dfsg.*//')
            folder=$cache/$1-$label-$key
            new=""
            if [ ! -e "$folder/complete" ]; then
                download "$2=$sourceVersion" "$way" || { echo "dependencies: no $way source of $2 $sourceVersion to be had" >&2; continue; }
                new=yes
                echo "dependencies: building $1 $label for Windows"
            fi
            folders="$folders $folder"
            return
        done
    done
    echo "dependencies: no source of $2 to be had" >&2
    exit 1
}
# unpack: leaves the shell in the top folder of that source.
unpack() {
    rm -rf "$folder"
    mkdir -p "$folder"
    cd "$work"
    if [ "$way" = patched ]; then
        dpkg-source --no-check -x ./*.dsc patched > unpack.log 2>&1 || { tail -n 40 unpack.log; exit 1; }
        cd patched
    else
        tar xf ./*.orig.tar.*
        cd "$(find . -mindepth 1 -maxdepth 1 -type d | head -n 1)"
    fi
}
finish() {
    touch "$folder/complete"
    cd "$root"
    rm -rf "$work"
}
jobs=$(nproc)
export MONBAN_BUILDING_LIBRARIES=1
export SOURCE_DATE_EPOCH=1640995200  # __DATE__ and __TIME__, which wxWidgets writes down, are the same on every machine
# What a program does not call stays out of it (--gc-sections in the toolchain file), and no library writes down in which
# folder it was compiled: the same sources make the same programs everywhere.
lean() { echo "-ffunction-sections -fdata-sections -ffile-prefix-map=$PWD=$1"; }

# No configuration file, engine or module is ever loaded: OpenSSL's default places would be folders that any user
# of the server may create. Without modules the legacy provider (RC2 and 3DES PKCS#12) is part of the library.
nowhere=/Windows/System32/monban-has-no-openssl-folder
# Left out is what neither a certificate, a PKCS#12 file nor a server in the field has; RC2, 3DES, RC4 and Camellia stay.
opensslFlags="mingw64 no-shared no-tests no-dso no-module no-engine no-autoload-config no-comp no-filenames
no-dtls no-srp no-psk no-srtp no-ts no-cms no-cmp no-ct no-rfc3779 no-ocb no-siphash no-blake2 no-aria no-bf no-cast no-idea no-seed
no-sm2 no-sm3 no-sm4 no-md4 no-mdc2 no-rmd160 no-whirlpool no-ec2m -O2 -ffunction-sections -fdata-sections"
# Debian takes over whole releases and, between two of them, their security fixes as patches. Some mirrors lack all but the
# authors' archive of the latest: that one is still newer than the version before with every patch.
built openssl openssl "patched upstream" "$opensslFlags"
if [ -n "$new" ]; then
    unpack
    ./Configure $opensslFlags --cross-compile-prefix=x86_64-w64-mingw32- --prefix="$nowhere" --libdir=lib \
        --openssldir="C:$nowhere" > configure.log
    make -s -j"$jobs" build_libs > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    make -s install_dev DESTDIR="$work/installed" > install.log 2>&1 || { tail -n 40 install.log; exit 1; }
    cp -r "$work/installed$nowhere"/* "$folder/"
    finish
fi

# Asked for Windows 7, Boost.Atomic looks WaitOnAddress up at run time; otherwise the programs would import an API set
# by name, which is not on the list of what they may import.
boostFlags="filesystem;asio;beast;process static lean -DBOOST_USE_WINAPI_VERSION=0x0601"
# Debian's patches of this one, of pugixml and of wxWidgets concern its Python, its documents and other systems than Windows;
# none is about security, so the authors' archives serve.
built boost boost1.81 upstream "$boostFlags"
if [ -n "$new" ]; then
    unpack
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS=OFF -DBOOST_INCLUDE_LIBRARIES="filesystem;asio;beast;process" \
        -DCMAKE_CXX_FLAGS="-DBOOST_USE_WINAPI_VERSION=0x0601 $(lean boost)" \
        -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

pugixmlFlags="static lean"
built pugixml pugixml upstream "$pugixmlFlags"
if [ -n "$new" ]; then
    unpack
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release -DCMAKE_CXX_FLAGS="$(lean pugixml)" \
        -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

# Its limits against resets and CONTINUATION frames without end came by Debian's patches. mingw-w64 has both clocks
# that its source chooses between, and it compiles with one only.
nghttp2Flags="static lib-only patched lean -DHAVE_CLOCK_GETTIME=0"
built nghttp2 nghttp2 patched "$nghttp2Flags"
if [ -n "$new" ]; then
    unpack
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release -DENABLE_LIB_ONLY=ON \
        -DENABLE_STATIC_LIB=ON -DENABLE_SHARED_LIB=OFF -DENABLE_DOC=OFF -DWITH_LIBXML2=OFF -DWITH_JEMALLOC=OFF \
        -DHAVE_CLOCK_GETTIME=0 -DCMAKE_C_FLAGS="$(lean nghttp2)" -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

# Debian's archive of wxWidgets lacks the libraries it bundles: libpng comes from its own source package, zlib from
# libz-mingw-w64-dev. That one brings an import library, too; Wine ships its DLL and would hide the mistake.
zlib=$cache/zlib
mkdir -p "$zlib"
cmp -s /usr/x86_64-w64-mingw32/lib/libz.a "$zlib/libz.a" || cp /usr/x86_64-w64-mingw32/lib/libz.a "$zlib/"  # newer, it is linked again
zlibFlags="-DZLIB_LIBRARY=$zlib/libz.a -DZLIB_INCLUDE_DIR=/usr/x86_64-w64-mingw32/include"
pngFlags="static lean"
# A dozen security fixes of 1.6.39 came by Debian's patches.
built png libpng1.6 patched "$pngFlags"
png=$folder
if [ -n "$new" ]; then
    unpack
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release -DPNG_SHARED=OFF -DPNG_STATIC=ON \
        -DPNG_TESTS=OFF -DCMAKE_C_FLAGS="$(lean libpng)" $zlibFlags -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

# Only what a wizard shows. The distribution's own libraries serve the native program.
wxFlags="-DwxBUILD_SHARED=OFF -DwxBUILD_MONOLITHIC=OFF -DwxBUILD_PRECOMP=ON -DwxUSE_ZLIB=sys -DwxUSE_LIBPNG=sys -DwxUSE_EXPAT=OFF
-DwxUSE_XML=OFF -DwxUSE_XRC=OFF -DwxUSE_REGEX=OFF -DwxUSE_LIBJPEG=OFF -DwxUSE_LIBTIFF=OFF -DwxUSE_LIBLZMA=OFF -DwxUSE_AUI=OFF
-DwxUSE_PROPGRID=OFF -DwxUSE_RIBBON=OFF -DwxUSE_RICHTEXT=OFF -DwxUSE_STC=OFF -DwxUSE_MEDIACTRL=OFF -DwxUSE_WEBVIEW=OFF
-DwxUSE_OPENGL=OFF -DwxUSE_GLCANVAS=OFF -DwxUSE_WEBREQUEST=OFF -DwxUSE_DEBUGREPORT=OFF -DwxUSE_DBGHELP=OFF
-DwxUSE_STACKWALKER=OFF -DwxUSE_GRID=OFF -DwxUSE_DATAVIEWCTRL=OFF -DwxUSE_MDI=OFF -DwxUSE_MDI_ARCHITECTURE=OFF
-DwxUSE_DOC_VIEW_ARCHITECTURE=OFF -DwxUSE_PRINTING_ARCHITECTURE=OFF -DwxUSE_JOYSTICK=OFF -DwxUSE_SOUND=OFF -DwxUSE_SOCKETS=OFF
-DwxUSE_PROTOCOL_FTP=OFF -DwxUSE_PROTOCOL_HTTP=OFF -DwxUSE_PROTOCOL_FILE=OFF -DwxUSE_PROTOCOL=OFF -DwxUSE_URL=OFF -DwxUSE_FS_INET=OFF
-DwxUSE_HELP=OFF -DwxUSE_MS_HTML_HELP=OFF -DwxUSE_WXHTML_HELP=OFF -DwxUSE_GIF=OFF -DwxUSE_PCX=OFF -DwxUSE_TGA=OFF -DwxUSE_IFF=OFF
-DwxUSE_PNM=OFF -DwxUSE_ANIMATIONCTRL=OFF -DwxUSE_CALENDARCTRL=OFF -DwxUSE_DATEPICKCTRL=OFF -DwxUSE_TIMEPICKCTRL=OFF -DwxUSE_WIZARDDLG=OFF
-DwxUSE_METAFILE=OFF -DwxUSE_ENH_METAFILE=OFF -DwxUSE_TREELISTCTRL=OFF -DwxUSE_NANOSVG=OFF"
# It remembers the folder of libpng.
# It writes down where it is installed: so it is, below a name that is the same everywhere, and moved.
built wx wxwidgets3.2 upstream "$wxFlags lean -Os undated unplaced $(basename "$png")"
if [ -n "$new" ]; then
    unpack
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release $wxFlags $zlibFlags \
        -DCMAKE_C_FLAGS="$(lean wx)" -DCMAKE_CXX_FLAGS="$(lean wx)" "-DCMAKE_CXX_FLAGS_RELEASE=-Os -DNDEBUG" \
        -DPNG_LIBRARY="$png/lib/libpng16.a" -DPNG_PNG_INCLUDE_DIR="$png/include" \
        -DCMAKE_INSTALL_PREFIX=/wx > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    DESTDIR=$work/installed cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    cp -r "$work/installed/wx"/* "$folder/"
    finish
fi

folder=$cache/headers-$(version nlohmann-json3-dev)-$(version libcli11-dev)-$(printf 'nlohmann CLI gcc-%s' "$compiler" | sha256sum | cut -c1-12)
folders="$folders $folder"
if [ ! -e "$folder/complete" ]; then
    mkdir -p "$folder/include"
    cp -r /usr/include/nlohmann /usr/include/CLI "$folder/include/"
    touch "$folder/complete"
fi

# The toolchain file reads this list; it changes only when a folder does.
{
    echo "# Written by installer/dependencies.sh: where the libraries of the Windows programs are."
    echo "set(MONBAN_WINDOWS_LIBRARIES"
    for folder in $folders; do echo "    \"$folder\""; done
    echo ")"
} > "$root/build/windows-libraries.cmake.new"
if ! cmp -s "$root/build/windows-libraries.cmake.new" "$root/build/windows-libraries.cmake" 2>/dev/null; then
    cp "$root/build/windows-libraries.cmake.new" "$root/build/windows-libraries.cmake"
    rm -f "$root/build/windows/CMakeCache.txt"  # it remembers where the packages were found
fi
rm -f "$root/build/windows-libraries.cmake.new"
echo "dependencies: ready"
