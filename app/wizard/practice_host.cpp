// SPDX-License-Identifier: MIT
#include "app/wizard/practice_host.h"

#include "core/base/number.h"
#include "core/practice/practice_server.h"
#include "core/practice/range.h"

namespace monban::wizard {

Result<std::unique_ptr<PracticeHost>> PracticeHost::open(const fs::path& folder)
{
    auto server = practice::PracticeServer::open(folder);
    if (!server) return server.error();
    return std::unique_ptr<PracticeHost>(new PracticeHost(folder, std::move(*server)));
}

Result<std::unique_ptr<PracticeHost>> PracticeHost::create(const fs::path& folder)
{
    practice::NewServer wanted;
    wanted.folder = folder;
    if (const auto made = practice::create(wanted); !made) return made.error();
    return open(folder);
}

PracticeHost::PracticeHost(fs::path folder, std::shared_ptr<Server> server) : m_folder(std::move(folder)), m_server(std::move(server)) { serve(); }

PracticeHost::~PracticeHost() = default;

void PracticeHost::serve()
{
    m_front = std::jthread([this](const std::stop_token& stop) {
        const auto ready = [this](const practice::Listening& listening) {
            const std::lock_guard guard(m_mutex);
            m_listening = listening;
        };
        // A front that cannot serve leaves the sites unreachable, which is what a visit to them will say.
        (void)practice::serve(m_folder, 0, ready, stop, ready);
    });
}

std::optional<std::string> PracticeHost::httpsAt(const std::string& host, int port) const
{
    const std::lock_guard guard(m_mutex);
    return practice::placeOf(m_listening, host, port);
}

bool PracticeHost::aim(ProbeQuestion& question) const
{
    const auto place = httpsAt(question.address.host, question.address.port);
    if (!place) return false;
    const auto colon = place->rfind(':');
    question.connectHost = place->substr(0, colon);
    question.connectPort = numberFrom<std::uint16_t>(place->substr(colon + 1)).value_or(0);
    return true;
}

std::optional<std::uint16_t> PracticeHost::httpPort(int port) const
{
    const std::string wanted = ":" + std::to_string(port);
    const std::lock_guard guard(m_mutex);
    for (const auto& place : m_listening.http) {
        if (!place.endpoint.ends_with(wanted)) continue;
        // Of "http://127.0.0.1:40123/".
        const std::string number = place.url.substr(place.url.rfind(':') + 1);
        return numberFrom<std::uint16_t>(number.substr(0, number.find('/')));
    }
    return std::nullopt;
}

}  // namespace monban::wizard
