// SPDX-License-Identifier: MIT
// Writes what it was started with into the file named by its first argument: first what the C runtime made of the
// command line, then what CommandLineToArgvW does; UTF-16 without a mark, one zero after each argument, two at the end.
#include <windows.h>

#include <shellapi.h>

#include <cstdio>

namespace {

void write(std::FILE* out, int count, wchar_t** list)
{
    for (int i = 1; i < count; ++i) std::fwrite(list[i], sizeof(wchar_t), wcslen(list[i]) + 1, out);
    std::fwrite(L"\x01", sizeof(wchar_t), 2, out);  // no argument of the test is that
}

}  // namespace

int wmain(int count, wchar_t** list)
{
    if (count < 2) return 1;
    std::FILE* const out = _wfopen(list[1], L"wb");
    if (!out) return 2;
    write(out, count, list);
    int split = 0;
    wchar_t** const again = CommandLineToArgvW(GetCommandLineW(), &split);
    write(out, split, again);
    return std::fclose(out) == 0 ? 0 : 3;
}
