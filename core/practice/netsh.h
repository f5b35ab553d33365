// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <vector>

#include "core/practice/shell.h"

/// The parts of the practice server's netsh.
namespace monban::practice::netsh {

enum class Kind { IpPort, HostNamePort, Ccs, ScopedCcs, Hash, AppId, Text, Switch, Number, File };

/// A parameter of add and update sslcert (WINDOWS-FACTS 1.1).
struct Parameter {
    const char* name;
    Kind kind;
    int since;          ///< first Windows build whose netsh has it
    std::uint32_t bit;  ///< of a Switch that sets a bit of the record's flags
    const char* help;   ///< its value in the usage text
};
/// In the order of netsh's own help, in which values without a name are taken too.
std::vector<Parameter> parametersOf(int build);

/// The parameter a person named, in full or by a beginning no other one has.
const Parameter* parameterNamed(const std::vector<Parameter>& parameters, const std::string& name);

struct Given {
    const Parameter* parameter;
    std::string value;
};
/// `name=value` in any order, or values alone in the order of the help; nothing where a name is unknown or given twice.
std::optional<std::vector<Given>> givenFrom(const std::vector<std::string>& arguments,
                                            const std::vector<Parameter>& parameters);

const Given* find(const std::vector<Given>& given, const char* name);

/// Which record the selectors name. Nothing if there is none; an error code where one is malformed or there are two.
struct Selector {
    RecordFamily family = RecordFamily::IpPort;
    std::string endpoint;
};
struct Selection {
    std::optional<Selector> selector;
    bool malformed = false;
};
Selection selectionFrom(const std::vector<Given>& given);

std::string showRecords(const Shell& shell, const std::vector<SslRecord>& records);
std::string usage(const Shell& shell, const char* verb);

}  // namespace monban::practice::netsh
