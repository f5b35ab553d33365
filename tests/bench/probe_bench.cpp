// SPDX-License-Identifier: MIT
// probe_bench PORT...: visits a site on each port of 127.0.0.1 at the same time, without a certificate, and says how long that
// took and how much memory the process had at most. verify_bench.py starts the servers.
#include <cstdio>
#include <fstream>
#include <future>

#include "core/tls/probe.h"

namespace {

/// KB, as Linux tells; 0 where it does not.
long peakMemory()
{
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::strtol(line.c_str() + 6, nullptr, 10);
    return 0;
}

}  // namespace

int main(int argc, char** argv)
{
    using namespace monban;
    const auto begin = std::chrono::steady_clock::now();
    std::vector<std::future<Result<ProbeReport>>> running;
    for (int i = 1; i < argc; ++i)
        running.push_back(std::async(std::launch::async, [port = std::string(argv[i])] {
            ProbeQuestion question;
            question.address = *parseSiteAddress("https://www.example.test/");
            question.connectHost = "127.0.0.1";
            question.connectPort = static_cast<std::uint16_t>(std::stoi(port));
            question.at = hostTime();
            question.time = std::chrono::seconds(60);
            return probe(question);
        }));
    std::size_t passed = 0;
    for (auto& one : running) {
        const auto report = one.get();
        passed += report && report->passes() ? 1 : 0;
    }
    const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() - begin);
    std::printf("endpoints: %zu, passed: %zu, milliseconds: %lld, peak memory: %ld KB\n", running.size(), passed, static_cast<long long>(took.count()), peakMemory());
    return passed == running.size() ? 0 : 1;
}
