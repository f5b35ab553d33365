// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstdint>
#include <stop_token>
#include <string>
#include <vector>

namespace monban {

/// The addresses of a host name, as the system gives them.
struct Found {
    bool isAnswered = false;  ///< false: the time was up, or the caller wanted to stop
    boost::system::error_code problem;
    std::vector<boost::asio::ip::tcp::endpoint> endpoints;
};

/// Asks the system, until the deadline at the latest: its look-up cannot be interrupted and may take half a minute.
Found lookUp(const std::string& host, std::uint16_t port, std::chrono::steady_clock::time_point deadline, const std::stop_token& stop);

}  // namespace monban
