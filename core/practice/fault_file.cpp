// SPDX-License-Identifier: MIT
#include "core/practice/fault_file.h"

#include <algorithm>

#include "core/practice/faulty_run.h"

namespace monban::practice {
namespace {

using nlohmann::json;

constexpr const char* kNoSuchKey =
    tr("{0} cannot be read: at line {1}, column {2} there is {3}, which a fault does not have. It has program, arguments, "
       "kind, exit_code, seconds, times, text and until.");
constexpr const char* kNoSuchKind =
    tr("{0} cannot be read: at line {1}, column {2} the kind of a fault was expected: no-effect, fail, busy, denied, hang, "
       "garbage, reports-failure or other-writer; after \"observe\" only denied or garbage.");
constexpr const char* kNoSuchProgram =
    tr("{0} cannot be read: at line {1}, column {2} the program of a fault was expected: one that the practice server has, "
       "such as netsh, one of import-pkcs12, write-file, set-http-record and set-certificate-property, \"observe\", or "
       "\"*\" for all.");

constexpr std::int64_t kLongest = 366LL * 86400;

std::optional<std::int64_t> numberIn(const JsonView& view, const char* key, std::int64_t least, std::int64_t most)
{
    if (!view.has(key)) return std::nullopt;
    return view.integer(key, least, least, most);
}

Fault faultFrom(const JsonView& view)
{
    static constexpr const char* kKeys[] = {"program", "arguments", "kind", "exit_code", "seconds", "times", "text", "until"};
    for (const auto& [key, ignored] : view.members())
        if (std::none_of(std::begin(kKeys), std::end(kKeys), [&](const char* known) { return key == known; }))
            view.expected(key, kNoSuchKey);
    Fault fault;
    fault.program = view.requiredText("program");
    if (!fault.program.empty() && !canBeFaulty(fault.program)) view.expected("program", kNoSuchProgram);
    fault.arguments = view.text("arguments");
    const auto kind = faultKindNamed(view.requiredText("kind"));
    const bool looks = equalsIgnoringCase(fault.program, kFaultyLook);
    if (view.has("kind") && (!kind || (looks && *kind != FaultKind::Denied && *kind != FaultKind::Garbage)))
        view.expected("kind", kNoSuchKind);
    fault.kind = kind.value_or(FaultKind::Fail);
    fault.exitCode = numberIn(view, "exit_code", INT32_MIN, UINT32_MAX);
    fault.seconds = numberIn(view, "seconds", 0, kLongest);
    fault.times = numberIn(view, "times", 0, INT32_MAX);
    if (view.has("text")) fault.text = view.text("text");
    if (view.has("until")) fault.until = view.time("until", Time{});
    return fault;
}

}  // namespace

std::vector<Fault> faultsFrom(const JsonView& machine)
{
    std::vector<Fault> faults;
    if (!machine.has("faults")) return faults;
    for (const JsonView& view : machine.list("faults").items()) faults.push_back(faultFrom(view));
    return faults;
}

json faultsJson(const std::vector<Fault>& faults)
{
    json list = json::array();
    for (const Fault& fault : faults) {
        json object = {{"program", fault.program}, {"kind", name(fault.kind)}};
        if (!fault.arguments.empty()) object["arguments"] = fault.arguments;
        if (fault.exitCode) object["exit_code"] = *fault.exitCode;
        if (fault.seconds) object["seconds"] = *fault.seconds;
        if (fault.times) object["times"] = *fault.times;
        if (fault.text) object["text"] = *fault.text;
        if (fault.until) object["until"] = rfc3339(*fault.until);
        list.push_back(std::move(object));
    }
    return list;
}

}  // namespace monban::practice
