// SPDX-License-Identifier: MIT
// monban-wizard itself, which closes again once its first page is painted.
#include "app/wizard/app.h"
#include "tests/bench/first_paint.h"

namespace {
const FirstPaint watch("page-start");
}  // namespace

wxIMPLEMENT_APP(monban::wizard::App);
