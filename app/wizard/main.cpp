// SPDX-License-Identifier: MIT
#include "app/wizard/app.h"

wxIMPLEMENT_APP(monban::wizard::App);
