// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <string>

#include "core/observe/server.h"
#include "core/practice/backend.h"
#include "core/practice/interpreter.h"

/// Faults at work: used by the interpreter for programs and by the practice server for Monban's own actions.
namespace monban::practice {

/// Whether machine.json may name this in a fault.
bool canBeFaulty(const std::string& program);
/// The name without folder and `.exe`, lower-case: what a fault's `program` is compared with.
std::string programName(const std::string& typed);

/// The first fault of machine.json that applies to this now; counted as having happened. Errors: of machine.json.
Result<std::optional<Fault>> takeFault(Backend& backend, const std::string& program, const std::string& arguments);

/// What a fault's `text` or, without one, its kind prints.
std::string garbageOf(const Fault& fault);
/// How long a program that hangs does so.
std::chrono::seconds patienceFor(const Fault& fault);

/// Waits; an error says that the time a caller gives it was over, or that somebody asked to stop.
Result<Done> waitWithin(std::chrono::seconds wait, const RunLimits& limits, const std::string& what);

/// Remembers how things are, and afterwards plays the other party that changes once more whatever was changed in
/// between: a record is created anew with IIS's defaults, as IIS Manager does it; all else goes back to what it was.
class OtherWriter {
public:
    static Result<OtherWriter> watch(Backend& backend, const std::vector<fs::path>& files);
    Result<Done> interfere(Backend& backend) const;

private:
    Result<Done> spoilRecords(Backend& backend) const;
    Result<Done> spoilStores(Backend& backend) const;
    bool wasUsed(const std::string& container) const;
    Result<Done> spoilStore(Backend& backend, const std::string& store) const;
    Result<Done> spoilRegistry(Backend& backend) const;
    Result<Done> spoilFiles() const;
    Result<Done> spoilServices(Backend& backend) const;

    std::vector<SslRecord> m_records;
    std::string m_configuration;
    std::map<std::string, std::vector<StoreEntry>> m_stores;
    std::map<std::string, std::map<std::string, RegistryValue>> m_registry;
    std::map<fs::path, std::optional<Bytes>> m_files;
    std::map<std::string, std::string> m_stoppedServices;
    std::map<CacheOwner, std::vector<CachedCrl>> m_caches;
};

}  // namespace monban::practice
