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

version() { dpkg-query -W -f '${source:Upstream-Version}' "$1"; }
# With Debian's own revision, for a library whose security fixes are patches of Debian's.
revision() { dpkg-query -W -f '${source:Version}' "$1"; }
compiler=$(x86_64-w64-mingw32-g++-posix -dumpfullversion)
toolchain=$root/installer/cmake/mingw-w64.cmake

# Debian's source packages, read through lists of our own so that the machine's sources stay as they are.
sources=$cache/sources
apt_source() {
    aptOptions="-o Dir::Etc::sourcelist=$sources/sources.list -o Dir::Etc::sourceparts=$sources/parts
        -o Dir::State::lists=$sources/lists -o APT::Sandbox::User=root"
    if [ ! -d "$sources/lists" ]; then
        mkdir -p "$sources/parts" "$sources/lists/partial"
        for file in /etc/apt/sources.list.d/*.sources; do
            [ -e "$file" ] && sed 's/^Types:.*/Types: deb-src/' "$file" > "$sources/parts/$(basename "$file")"
        done
        { grep -h '^deb ' /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null || true; } |
            sed 's/^deb /deb-src /' > "$sources/sources.list"
        apt-get $aptOptions update -q
    fi
    apt-get $aptOptions source --download-only "$@"
}

# built NAME VERSION FLAGS: the folder of that library; "new" is set when it has to be built there.
folders=""
built() {
    key=$(printf '%s' "$3 gcc-$compiler" | sha256sum | cut -c1-12)
    folder=$cache/$1-$2-$key
    folders="$folders $folder"
    new=""
    [ -e "$folder/complete" ] || new=yes
}
# fetch PACKAGE OPTION...: leaves the shell in a folder with its source package.
fetch() {
    work=$cache/work-$1
    rm -rf "$work" "$folder"
    mkdir -p "$work" "$folder"
    cd "$work"
    rm -rf "$sources/lists"
    apt_source "$@"
}
# unpack PACKAGE: leaves the shell in the top folder of the source as its authors published it.
unpack() {
    fetch "$1" --tar-only
    tar xf "$1"_*.orig.tar.*
    cd "$(find . -mindepth 1 -maxdepth 1 -type d | head -n 1)"
}
# unpack_patched PACKAGE: the same with Debian's patches applied.
unpack_patched() {
    fetch "$1"
    dpkg-source --no-check -x "$1"_*.dsc patched > unpack.log 2>&1 || { tail -n 40 unpack.log; exit 1; }
    cd patched
}
finish() {
    touch "$folder/complete"
    cd "$root"
    rm -rf "$work"
}
jobs=$(nproc)
export MONBAN_BUILDING_LIBRARIES=1

# No configuration file, engine or module is ever loaded: OpenSSL's default places would be folders that any user
# of the server may create. Without modules the legacy provider (RC2 and 3DES PKCS#12) is part of the library.
opensslFlags="mingw64 no-shared no-tests no-dso no-module no-engine no-autoload-config no-comp"
built openssl "$(version libssl-dev)" "$opensslFlags"
if [ -n "$new" ]; then
    echo "dependencies: building OpenSSL for Windows"
    unpack openssl
    ./Configure $opensslFlags --cross-compile-prefix=x86_64-w64-mingw32- --prefix="$folder" --libdir=lib \
        --openssldir="C:/Windows/System32/monban-has-no-openssl-folder" > configure.log
    make -s -j"$jobs" build_libs > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    make -s install_dev > install.log 2>&1 || { tail -n 40 install.log; exit 1; }
    finish
fi

# Asked for Windows 7, Boost.Atomic looks WaitOnAddress up at run time; otherwise the programs would import an API set
# by name, which is not on the list of what they may import.
boostFlags="filesystem;asio;beast;process static -DBOOST_USE_WINAPI_VERSION=0x0601"
built boost "$(version libboost1.81-dev)" "$boostFlags"
if [ -n "$new" ]; then
    echo "dependencies: building Boost for Windows"
    unpack boost1.81
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS=OFF -DBOOST_INCLUDE_LIBRARIES="filesystem;asio;beast;process" \
        -DCMAKE_CXX_FLAGS=-DBOOST_USE_WINAPI_VERSION=0x0601 \
        -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

pugixmlFlags="static"
built pugixml "$(version libpugixml-dev)" "$pugixmlFlags"
if [ -n "$new" ]; then
    echo "dependencies: building pugixml for Windows"
    unpack pugixml
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release \
        -DBUILD_SHARED_LIBS=OFF -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

# Its limits against resets and CONTINUATION frames without end came by Debian's patches. mingw-w64 has both clocks
# that its source chooses between, and it compiles with one only.
nghttp2Flags="static lib-only patched -DHAVE_CLOCK_GETTIME=0"
built nghttp2 "$(revision libnghttp2-dev)" "$nghttp2Flags"
if [ -n "$new" ]; then
    echo "dependencies: building nghttp2 for Windows"
    unpack_patched nghttp2
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release -DENABLE_LIB_ONLY=ON \
        -DENABLE_STATIC_LIB=ON -DENABLE_SHARED_LIB=OFF -DENABLE_DOC=OFF -DWITH_LIBXML2=OFF -DWITH_JEMALLOC=OFF \
        -DHAVE_CLOCK_GETTIME=0 -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

# Debian's archive of wxWidgets lacks the libraries it bundles: libpng comes from its own source package, zlib from
# libz-mingw-w64-dev. That one brings an import library, too; Wine ships its DLL and would hide the mistake.
zlib=$cache/zlib
mkdir -p "$zlib"
cp /usr/x86_64-w64-mingw32/lib/libz.a "$zlib/"
zlibFlags="-DZLIB_LIBRARY=$zlib/libz.a -DZLIB_INCLUDE_DIR=/usr/x86_64-w64-mingw32/include"
pngFlags="static"
built png "$(version libpng-dev)" "$pngFlags"
png=$folder
if [ -n "$new" ]; then
    echo "dependencies: building libpng for Windows"
    unpack libpng1.6
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release -DPNG_SHARED=OFF -DPNG_STATIC=ON \
        -DPNG_TESTS=OFF $zlibFlags -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

# Only what a wizard shows. The distribution's own libraries serve the native program.
wxFlags="-DwxBUILD_SHARED=OFF -DwxBUILD_MONOLITHIC=OFF -DwxBUILD_PRECOMP=ON -DwxUSE_ZLIB=sys -DwxUSE_LIBPNG=sys -DwxUSE_EXPAT=OFF
-DwxUSE_XML=OFF -DwxUSE_XRC=OFF -DwxUSE_REGEX=OFF -DwxUSE_LIBJPEG=OFF -DwxUSE_LIBTIFF=OFF -DwxUSE_LIBLZMA=OFF -DwxUSE_AUI=OFF
-DwxUSE_PROPGRID=OFF -DwxUSE_RIBBON=OFF -DwxUSE_RICHTEXT=OFF -DwxUSE_STC=OFF -DwxUSE_MEDIACTRL=OFF -DwxUSE_WEBVIEW=OFF
-DwxUSE_OPENGL=OFF -DwxUSE_GLCANVAS=OFF -DwxUSE_WEBREQUEST=OFF -DwxUSE_DEBUGREPORT=OFF -DwxUSE_DBGHELP=OFF
-DwxUSE_STACKWALKER=OFF"
built wx "$(version libwxgtk3.2-dev | sed 's/+dfsg.*//')" "$wxFlags"
if [ -n "$new" ]; then
    echo "dependencies: building wxWidgets for Windows"
    unpack wxwidgets3.2
    cmake -S . -B build -G Ninja --toolchain "$toolchain" -DCMAKE_BUILD_TYPE=Release $wxFlags $zlibFlags \
        -DPNG_LIBRARY="$png/lib/libpng16.a" -DPNG_PNG_INCLUDE_DIR="$png/include" \
        -DCMAKE_INSTALL_PREFIX="$folder" > configure.log 2>&1 || { tail -n 40 configure.log; exit 1; }
    cmake --build build --target install > make.log 2>&1 || { tail -n 40 make.log; exit 1; }
    finish
fi

built headers "$(version nlohmann-json3-dev)-$(version libcli11-dev)" "nlohmann CLI"
if [ -n "$new" ]; then
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
