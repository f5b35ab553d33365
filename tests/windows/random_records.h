// SPDX-License-Identifier: MIT
#pragma once
#include <boost/asio/ip/address.hpp>

#include <algorithm>
#include <iterator>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "core/base/bytes.h"
#include "core/base/utf8.h"
#include "core/observe/ssl_record.h"

/// http.sys records as no administrator would think of them, from a number that makes them the same each time.
namespace monban::windows {

class Dice {
public:
    explicit Dice(std::uint64_t seed) : m_engine(seed) {}
    std::uint32_t bits() { return static_cast<std::uint32_t>(m_engine()); }
    std::uint32_t number(std::uint32_t below) { return bits() % below; }
    bool once(std::uint32_t in) { return number(in) == 0; }
    Bytes bytes(std::size_t count)
    {
        Bytes list;
        while (list.size() < count) list.push_back(static_cast<std::uint8_t>(bits()));
        return list;
    }
    std::string guid()
    {
        const std::string digits = hex(bytes(16));
        return "{" + digits.substr(0, 8) + "-" + digits.substr(8, 4) + "-" + digits.substr(12, 4) + "-" + digits.substr(16, 4) + "-" + digits.substr(20) + "}";
    }
    /// Anything that is text: quotes, blanks, Japanese, beyond the first plane, backslashes at the end.
    std::string text()
    {
        static const char* const kPieces[] = {"a", "Z", " ", "\"", "'", "\\", "%PATH%", "=", "門", "番", "é", "\U0001F6AA", "\t", "/", "&", "名前"};
        std::string result;
        for (std::uint32_t count = 1 + number(12); count > 0; --count) result += kPieces[number(static_cast<std::uint32_t>(std::size(kPieces)))];
        return result;
    }
    std::uint32_t number32() { return once(3) ? 0 : once(4) ? 0xFFFFFFFFu : bits(); }

private:
    std::mt19937_64 m_engine;
};

/// As the plan spells an address, in every form that has a spelling of its own.
inline std::string address(Dice& dice)
{
    if (dice.once(2)) {
        boost::asio::ip::address_v4::bytes_type bytes;
        for (auto& byte : bytes) byte = static_cast<std::uint8_t>(dice.once(4) ? 0 : dice.bits());
        return boost::asio::ip::make_address_v4(bytes).to_string();
    }
    boost::asio::ip::address_v6::bytes_type bytes{};
    const std::uint32_t form = dice.number(6);
    for (std::size_t i = form == 0 ? 16 : form == 1 ? 15 : 0; i < 16; ++i) bytes[i] = static_cast<std::uint8_t>(dice.once(2) ? 0 : dice.bits());
    if (form == 2)
        for (std::size_t i = 0; i < 12; ++i) bytes[i] = i < 10 ? 0 : 0xFF;
    std::string text = boost::asio::ip::make_address_v6(bytes).to_string();
    if (form == 3) text += "%" + std::to_string(1 + dice.number(0x7FFFFFFF));
    return "[" + text + "]";
}

inline std::string endpoint(Dice& dice, RecordFamily family)
{
    const std::string port = std::to_string(dice.once(3) ? 443 : 1 + dice.number(65535));
    const auto host = [&] { return (dice.once(3) ? "WWW" : "www") + std::to_string(dice.bits()) + ".example.test:" + port; };
    if (family == RecordFamily::IpPort) return address(dice) + ":" + port;
    if (family == RecordFamily::HostNamePort) return host();
    return dice.once(2) ? port : host();
}

inline SslRecord randomRecord(Dice& dice)
{
    SslRecord record;
    const std::uint32_t family = dice.number(10);
    record.family = family < 5 ? RecordFamily::IpPort : family < 8 ? RecordFamily::HostNamePort : RecordFamily::Ccs;
    record.endpoint = endpoint(dice, record.family);
    record.appId = dice.once(4) ? kIisAppId : dice.once(4) ? kZeroAppId : dice.guid();
    record.thumbprint = hex(dice.bytes(dice.once(10) ? dice.number(40) : 20));
    if (!dice.once(4)) record.store = dice.text();
    if (dice.once(2)) record.ctlIdentifier = dice.text();
    if (dice.once(2)) record.ctlStore = dice.text();
    record.checkMode = dice.number32();
    record.freshnessSeconds = dice.number32();
    record.timeoutMilliseconds = dice.number32();
    record.flags = dice.number32();
    return record;
}

/// No two at one place, as http.sys has it.
inline std::vector<SslRecord> randomRecords(Dice& dice, std::size_t count)
{
    std::vector<SslRecord> records;
    std::set<std::string> places;
    while (records.size() < count) {
        SslRecord record = randomRecord(dice);
        if (places.insert(name(record.family) + lowerAscii(record.endpoint)).second) records.push_back(std::move(record));
    }
    return records;
}

/// In the order in which they are asked for: family by family.
inline std::vector<SslRecord> byFamily(std::vector<SslRecord> records)
{
    const auto rank = [](const SslRecord& record) {
        return static_cast<int>(record.family) * 2 + (record.family == RecordFamily::Ccs && record.endpoint.find(':') != std::string::npos);
    };
    std::ranges::stable_sort(records, {}, rank);
    return records;
}

}  // namespace monban::windows
