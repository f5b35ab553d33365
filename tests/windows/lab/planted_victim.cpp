// SPDX-License-Identifier: MIT
// A program as most are: version.dll is loaded before its first line. It shows that the test would see a planted one.
#include <windows.h>

int main()
{
    DWORD unused = 0;
    return ::GetFileVersionInfoSizeA("C:\\windows\\system32\\kernel32.dll", &unused) == 0 ? 0 : 1;
}
