#!/bin/sh
# Which lines of core/platform/windows run in the tests under Wine, the lab above all: builds them anew in build/coverage with
# counters, runs the tests of the label "windows" and prints the share of each file; details in build/coverage/lines.
set -eu
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
sh installer/dependencies.sh
cmake --preset windows -B build/coverage -DMONBAN_COVERAGE=ON > build/coverage.configure.log 2>&1 || { cat build/coverage.configure.log; exit 1; }
cmake --build build/coverage
find build/coverage -name '*.gcda' -delete
# The counters are written where the objects lie, which Wine has on drive Z:.
GCOV_PREFIX=Z: ctest --test-dir build/coverage -L windows --output-on-failure -j "$(nproc)" || echo "some tests failed: their lines may be missing"
objects=core/CMakeFiles/monban_core.dir/platform/windows
cd build/coverage  # where gcov finds the sources as the compiler was told of them
rm -rf lines
mkdir lines
for counters in "$objects"/*.gcda; do
    x86_64-w64-mingw32-gcov-posix --object-directory "$objects" "$counters" > /dev/null 2>&1
    mv ./*.cpp.gcov lines/
done
rm -f ./*.gcov
python3 -B "$root/tests/windows/coverage.py" lines
