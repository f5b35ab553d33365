// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/practice/shell.h"

namespace monban::practice {

/// A service the practice server knows.
struct Service {
    const char* name;
    const char* english;
    const char* japanese;
    std::vector<const char*> needs;  ///< names of services that must run first
};
const std::vector<Service>& services();
/// By its name or by its display name in either language.
const Service* serviceNamed(const std::string& name);
bool dependsOn(const Service& service, const std::string& other);
bool isStopped(const Machine& machine, const Service& service);
/// Services that run and need this one, those that depend on them included.
std::vector<const Service*> runningDependents(const Machine& machine, const Service& service);

/// Changes the machine only in memory. Starting starts what it needs as well; stopping stops what needs it.
void startService(Machine& machine, const Service& service);
void stopService(Machine& machine, const Service& service);

}  // namespace monban::practice
