// SPDX-License-Identifier: MIT
#include "core/tls/name_lookup.h"

#include <boost/asio/io_context.hpp>

#include <condition_variable>
#include <memory>
#include <mutex>

#include "core/base/left_thread.h"

namespace monban {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

/// What the thread that asks shares with the caller, and keeps when it is left behind.
struct Lookup {
    std::mutex mutex;
    std::condition_variable_any ready;
    Found found;
};

}  // namespace

Found lookUp(const std::string& host, std::uint16_t port, std::chrono::steady_clock::time_point deadline, const std::stop_token& stop)
{
    boost::system::error_code isName;
    if (const auto address = asio::ip::make_address(host, isName); !isName) return {true, {}, {tcp::endpoint(address, port)}};
    const auto lookup = std::make_shared<Lookup>();
    std::thread asking([lookup, host, port] {
        Found found;
        try {
            asio::io_context context;
            for (const auto& entry : tcp::resolver(context).resolve(host, std::to_string(port), found.problem)) found.endpoints.push_back(entry.endpoint());
        } catch (const std::exception&) {
            found.problem = asio::error::no_memory;
        }
        found.isAnswered = true;
        const std::lock_guard guard(lookup->mutex);
        lookup->found = std::move(found);
        lookup->ready.notify_all();
    });
    Found found;
    {
        std::unique_lock guard(lookup->mutex);
        lookup->ready.wait_until(guard, stop, deadline, [&] { return lookup->found.isAnswered; });
        found = lookup->found;
    }
    joinOrLeave(std::move(asking), [lookup] {
        const std::lock_guard guard(lookup->mutex);
        return lookup->found.isAnswered;
    });
    return found;
}

}  // namespace monban
