// SPDX-License-Identifier: MIT
#pragma once
#include <cstdint>
#include <optional>

#include "core/model/answers.h"
#include "core/observe/facts.h"

namespace monban {

/// One of the protocol switches of IIS's binding dialog. IIS and http.sys keep the same switch under two numbers
/// (WINDOWS-FACTS 5.3).
struct ProtocolSwitch {
    const char* key;  ///< in the answers file
    std::optional<bool> BindAnswers::*answer;
    std::uint32_t recordFlag;
    std::uint32_t bindingFlag;
    int since;        ///< the first build of Windows that has it
};
inline constexpr ProtocolSwitch kProtocolSwitches[] = {
    {"bind.disable_http2", &BindAnswers::disableHttp2, record_flags::kDisableHttp2, binding_flags::kDisableHttp2,
     windows_build::kServer2016},
    {"bind.disable_ocsp_stapling", &BindAnswers::disableOcspStapling, record_flags::kDisableOcspStapling, binding_flags::kDisableOcspStapling,
     windows_build::kServer2019},
    {"bind.disable_quic", &BindAnswers::disableQuic, record_flags::kDisableQuic, binding_flags::kDisableQuic,
     windows_build::kServer2019},
    {"bind.disable_tls13", &BindAnswers::disableTls13, record_flags::kDisableTls13, binding_flags::kDisableTls13,
     windows_build::kServer2019},
    {"bind.disable_legacy_tls", &BindAnswers::disableLegacyTls, record_flags::kDisableLegacyTls, binding_flags::kDisableLegacyTls,
     windows_build::kServer2019},
};

}  // namespace monban
