// SPDX-License-Identifier: MIT
// What a fuzzer calls: any bytes as a file, with an empty, a fitting and a Japanese password. Built with Clang's
// libFuzzer where there is Clang (see CMakeLists.txt); mutation_test.cpp calls the same function with any compiler.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include <nlohmann/json.hpp>

#include "core/pki/inspect.h"

using namespace monban;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    // 2026-01-01: findings must not depend on the day of the run.
    const Time at{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
    const ByteView bytes(data, size);
    const Inspection inspection = inspect("fuzz", bytes, Secret(std::string("fuzz")), at);
    // Strict: throws where a text is not UTF-8.
    for (const Language language : {Language::English, Language::Japanese})
        if (toJson(inspection, language).dump().empty()) std::abort();
    if ((inspection.status == FileStatus::Ok) != inspection.reason.empty()) std::abort();
    for (const InspectedCertificate& one : inspection.certificates) {
        const auto again = parseCertificate(one.certificate.der);
        if (!again || again->thumbprintSha256 != one.certificate.thumbprintSha256) std::abort();
    }
    if (inspection.crl && !parseCrl(inspection.crl->der)) std::abort();
    if (inspection.request && !parseRequest(inspection.request->der)) std::abort();
    return 0;
}
