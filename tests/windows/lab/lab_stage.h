// SPDX-License-Identifier: MIT
#pragma once
#include "core/platform/windows/windows_server.h"
#include "tests/core/practice/stage.h"

namespace monban::lab {

/// The lab as a stage for the rows of the truth tables: what a row gives and does goes into Wine's own stores, keys,
/// registry, services and files, and Monban's code for Windows looks at what became of it, beside the stand-ins' own.
class LabStage final : public practice::Stage {
public:
    LabStage();

    practice::Backend& backend() override { return *m_backend; }
    fs::path folder() const override;
    practice::TestKey makeKey() const override;  ///< RSA: CryptoAPI keeps no others
    void clear() override;
    void restart() override;
    Result<Done> setRecord(RecordFamily family, const std::string& endpoint, const std::optional<SslRecord>& record) override;
    std::vector<std::unique_ptr<practice::Look>> looks() override;

    windows::WindowsServer& server() { return m_server; }

private:
    std::unique_ptr<practice::Backend> m_backend;
    windows::WindowsServer m_server;
};

/// The name of the look that is Monban's own.
constexpr const char* kMonban = "Monban";

}  // namespace monban::lab
