// SPDX-License-Identifier: MIT
#pragma once
#include <future>
#include <thread>

#include "core/observe/application_host.h"
#include "core/pki/digest.h"
#include "core/practice/front.h"
#include "core/practice/starting_configuration.h"
#include "tests/core/truth/tls_client.h"

namespace monban::practice::rows {

/// A practice server with one site at *:443, served on a thread. The front reads the folder anew for each connection,
/// so one of them serves all rows of a build; what a row gives is written through the back-end.
class RowServer : public PracticeFolder {
protected:
    ~RowServer() override
    {
        if (!m_thread.joinable()) return;
        m_thread.request_stop();
        m_thread.join();
    }

    /// A server certificate for that name in MY; its thumbprint.
    std::string putServerCertificate(const std::string& commonName)
    {
        Wanted wanted;
        wanted.issuer = &authorities().root;
        wanted.usage = "serverAuth";
        const Holder holder = holderOf(commonName, wanted);
        const Bytes der = derOf(holder.certificate.get());
        const std::string container = "key of " + commonName;
        EXPECT_TRUE(backend().putKey(container, Secret(holder.key.pem())));
        EXPECT_TRUE(backend().putCertificate("MY", {der, sha1Hex(der), "", KeyState::NotExportable, container}));
        return sha1Hex(der);
    }

    void putInStore(const std::string& store, const Authority& authority)
    {
        const Bytes der = derOf(authority.certificate.get());
        ASSERT_TRUE(backend().putCertificate(store, {der, sha1Hex(der), "", KeyState::None, ""}));
    }

    void emptyStore(const std::string& name)
    {
        const auto entries = backend().store(name);
        if (!entries) return;  // there is none
        for (const StoreEntry& entry : *entries) ASSERT_TRUE(backend().removeCertificate(name, entry.thumbprint));
        const auto lists = backend().crls(name);
        ASSERT_TRUE(lists);
        for (const StoreCrl& list : *lists) ASSERT_TRUE(backend().removeCrl(name, list.thumbprint));
    }

    /// kStartingConfiguration with these https bindings.
    std::string configurationWith(const std::vector<std::string>& bindings)
    {
        std::string text = kStartingConfiguration;
        for (const std::string& information : bindings) {
            const auto changed = withBinding(text, "Default Web Site", bindingFrom("https", information, 0));
            EXPECT_TRUE(changed) << information;
            if (changed) text = *changed;
        }
        return text;
    }

    void serve()
    {
        std::promise<Listening> ready;
        auto listening = ready.get_future();
        m_thread = std::jthread([this, &ready](std::stop_token stop) {
            const auto served = practice::serve(m_folder, 0, [&](const Listening& where) { ready.set_value(where); }, stop);
            EXPECT_TRUE(served) << served.error().detail;
        });
        ASSERT_EQ(listening.wait_for(std::chrono::seconds(20)), std::future_status::ready);
        m_listening = listening.get();
    }

    /// The port on loopback that stands for that endpoint; 0 if there is none.
    int portFor(const std::string& endpoint) const
    {
        for (const Listening::Place& place : m_listening.https)
            if (place.endpoint == endpoint) return std::stoi(place.url.substr(place.url.rfind(':') + 1));
        return 0;
    }

    Listening m_listening;

private:
    std::jthread m_thread;
};

}  // namespace monban::practice::rows
