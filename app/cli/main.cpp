// SPDX-License-Identifier: MIT
#include "core/platform/platform.h"

int main()
{
    monban::platform::writeOutput("monban " MONBAN_VERSION "\n");
    return 0;
}
