#!/bin/sh
# Everything Monban claims, tried: installs what this Debian 12 lacks, builds the three presets without warnings and
# runs every test:
#   linux    core, console and wizard with ASan and UBSan; without its checks for null, which ASan reports as well, and for
#            alignment, which takes no x86 down: the two make compiling half as long again
#   release  optimised: what takes hundreds of starts, or measures
#   windows  the programs for Windows and what is tried of them under Wine
# Leaves build/linux, build/release and build/windows.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"

sh installer/dependencies.sh
for preset in linux release windows; do
    cmake --preset "$preset" > "build/$preset.configure.log" 2>&1 || { cat "build/$preset.configure.log"; exit 1; }
    cmake --build --preset "$preset"
done

status=0
for preset in linux release windows; do
    echo "== tests: $preset"
    rm -f "build/$preset.tests.xml"
    ctest --preset "$preset" --no-tests=error -j "$(nproc)" --output-junit "$root/build/$preset.tests.xml" || status=1
done
if [ "$status" != 0 ]; then  # at the end, where nobody has to look for it
    python3 -B tests/failed.py build/linux.tests.xml build/release.tests.xml build/windows.tests.xml
    echo "some tests failed"
    exit 1
fi
echo "all tests passed"
