// SPDX-License-Identifier: MIT
#include "core/plan/sample_page.h"

namespace monban {

// Written by the build out of resources/sample/clientcert.aspx.
extern const unsigned char* const kSamplePage;
extern const std::size_t kSamplePageSize;

Bytes samplePage()
{
    Bytes page{0xEF, 0xBB, 0xBF};
    for (std::size_t i = 0; i < kSamplePageSize; ++i) {
        if (kSamplePage[i] == '\r') continue;
        if (kSamplePage[i] == '\n') page.push_back('\r');  // as every editor of Windows writes it
        page.push_back(kSamplePage[i]);
    }
    return page;
}

}  // namespace monban
