// SPDX-License-Identifier: MIT
#include "core/run/planning.h"

#include <algorithm>

namespace monban {
namespace {

void addFiles(const std::vector<State>& states, Lookups& lookups)
{
    for (const State& state : states)
        if (const auto file = fileOf(state); file && std::ranges::find(lookups.files, *file) == lookups.files.end()) lookups.files.push_back(*file);
}

}  // namespace

Lookups lookupsFor(const std::vector<State>& states)
{
    Lookups lookups;
    addFiles(states, lookups);
    return lookups;
}

Lookups lookupsFor(const Plan& plan)
{
    Lookups lookups;
    for (const Step& step : plan.steps) addFiles(step.after, lookups);
    return lookups;
}

Lookups lookupsFor(const JournalRun& run)
{
    Lookups lookups;
    for (const JournalStep& step : run.steps) addFiles(step.before, lookups);
    return lookups;
}

Planned planOn(Server& server, const Answers& answers, const Materials& materials, const std::set<std::string>& accepted)
{
    Lookups lookups;
    lookups.crlUrls = distributionPoints(materials);
    if (answers.certificate.source == CertificateAnswers::Source::Request && !answers.certificate.requestFile.empty())
        lookups.files.push_back(answers.certificate.requestFile);
    constexpr int kMostRounds = 3;  // the files of a plan depend on the sites, and those on nothing else
    Planned planned;
    for (int round = 0; round < kMostRounds; ++round) {
        planned.facts = server.observe(lookups);
        planned.plan = planSetup({answers, materials, planned.facts, accepted});
        const std::size_t known = lookups.files.size();
        for (const std::string& file : lookupsFor(planned.plan).files)
            if (std::ranges::find(lookups.files, file) == lookups.files.end()) lookups.files.push_back(file);
        if (lookups.files.size() == known) break;
    }
    return planned;
}

}  // namespace monban
