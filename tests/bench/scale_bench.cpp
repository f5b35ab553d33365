// SPDX-License-Identifier: MIT
// Observing and planning on a server of 1,000 sites, 2,000 records and 5,000 certificates, and on one ten times as large:
// the time may grow as the server does. `scale_bench` prints the figures; `scale_bench --check` is the test, on smaller
// servers, and fails where four times the server takes much more than four times as long.
#include <cstdio>
#include <cstring>
#include <ctime>

#include "core/model/answers_file.h"
#include "core/practice/practice_server.h"
#include "core/run/planning.h"
#include "tests/bench/large_server.h"

namespace monban::bench {
namespace {

/// By the processor's clock: what else the computer does must not count.
double secondsOf(const std::function<void()>& work)
{
    const std::clock_t begin = std::clock();
    work();
    return static_cast<double>(std::clock() - begin) / CLOCKS_PER_SEC;
}

struct Times {
    double observe = 0;
    double plan = 0;
    double all() const { return observe + plan; }
};

/// The best of several runs, each with a server that has seen nothing yet.
Times measure(int sites, int runs)
{
    // In memory where the system has such a place, so that the disk is not what is measured.
    const fs::path place = (fs::is_directory("/dev/shm") ? fs::path("/dev/shm") : fs::temp_directory_path()) / fs::unique_path("monban-%%%%-%%%%");
    const LargeServer large(place, sites);
    const auto answers = readAnswers(place / "answers.json");
    auto password = readText(place / "ca" / "password.txt");
    while (password && !password->empty() && password->back() == '\n') password->pop_back();
    Times best;
    if (answers && password) {
        const Materials materials = readMaterials(*answers, Secret(std::move(*password)), {});
        for (int run = 0; run < runs; ++run) {
            const auto server = practice::PracticeServer::open(place);
            Facts facts;
            Plan plan;
            Times times;
            times.observe = secondsOf([&] { facts = (*server)->observe({distributionPoints(materials), {}}); });
            times.plan = secondsOf([&] { plan = planSetup({*answers, materials, facts, {}}); });
            const bool sane = facts.sites && facts.sites->size() == static_cast<std::size_t>(sites) && facts.records &&
                              facts.records->size() == static_cast<std::size_t>(sites) * 2 && facts.stores["MY"] &&
                              facts.stores["MY"]->size() >= static_cast<std::size_t>(sites) * 2 && !plan.has(StepState::Blocked) && !plan.has(StepState::Unknown);
            if (!sane) throw std::runtime_error("the large server was not read or planned as it should");
            if (run == 0 || times.all() < best.all()) best = times;
        }
    }
    boost::system::error_code ignored;
    fs::remove_all(place, ignored);
    if (best.all() == 0) throw std::runtime_error("the answers of the practice server could not be read");
    return best;
}

void print(int sites, const Times& times)
{
    std::printf("%6d sites %6d records %6d certificates: observe %7.3f s, plan %7.3f s, together %7.3f s\n", sites, sites * 2, sites * 5, times.observe,
                times.plan, times.all());
    std::fflush(stdout);
}

/// How much longer `times` times the server takes; prints all.
double growth(int sites, int times, int runs)
{
    const Times small = measure(sites, runs);
    print(sites, small);
    const Times large = measure(sites * times, runs);
    print(sites * times, large);
    const double ratio = large.all() / small.all();
    std::printf("%d times the server: observe %.1f times, plan %.1f times, together %.1f times as long\n", times, large.observe / small.observe,
                large.plan / small.plan, ratio);
    return ratio;
}

}  // namespace
}  // namespace monban::bench

int main(int argc, char** argv)
{
    try {
        const bool check = argc > 1 && std::strcmp(argv[1], "--check") == 0;
        // Quadratic growth would be 16 times; caches and a busy computer cost something too.
        if (check) return monban::bench::growth(500, 4, 3) <= 7.0 ? 0 : 1;
        return monban::bench::growth(1000, 10, 3) <= 11.0 ? 0 : 1;
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s\n", error.what());
        return 1;
    }
}
