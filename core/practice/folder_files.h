// SPDX-License-Identifier: MIT
#pragma once
#include <map>
#include <string>
#include <vector>

#include "core/practice/backend.h"

/// The JSON files of a practice server's folder and the values they stand for. None of these takes a lock.
namespace monban::practice {

Result<Machine> readMachine(const fs::path& file);
/// Keys the file has beyond those of Machine stay.
Result<Done> writeMachineFile(const fs::path& file, const Machine& machine);

/// `flags` and `check_mode` count. Where a person changed one of the words beside them instead (say `ds_mapper`), seen
/// by comparing with `.as-written.json` beside the file, the word counts; a record with no number takes the words.
Result<std::vector<SslRecord>> readRecords(const fs::path& file);
Result<Done> writeRecordsFile(const fs::path& file, const std::vector<SslRecord>& records);

/// Key → value name → value, as the file spells them.
using Registry = std::map<std::string, std::map<std::string, RegistryValue>>;
Result<Registry> readRegistry(const fs::path& file);
Result<Done> writeRegistry(const fs::path& file, const Registry& registry);

Result<std::vector<ScheduledTask>> readTasks(const fs::path& file);
Result<Done> writeTasksFile(const fs::path& file, const std::vector<ScheduledTask>& tasks);

Result<std::vector<CachedCrl>> readCache(const fs::path& file);
Result<Done> writeCache(const fs::path& file, const std::vector<CachedCrl>& crls);

}  // namespace monban::practice
