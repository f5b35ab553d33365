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
GCOV_PREFIX=Z: ctest --test-dir build/coverage -L windows -j "$(nproc)" || echo "some tests failed: their lines may be missing"
objects=build/coverage/core/CMakeFiles/monban_core.dir/platform/windows
mkdir -p build/coverage/lines
cd build/coverage/lines
rm -f ./*.gcov
for counters in "$root/$objects"/*.gcda; do
    x86_64-w64-mingw32-gcov-posix --relative-only --source-prefix "$root" --object-directory "$root/$objects" "$counters" > /dev/null
done
python3 -B "$root/tests/windows/coverage.py" .
