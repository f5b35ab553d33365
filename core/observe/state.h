// SPDX-License-Identifier: MIT
#pragma once
#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/observe/facts.h"

namespace monban {

/// A certificate in a LocalMachine store, or its absence.
struct CertificateState {
    std::string store;
    std::string thumbprint;
    bool present = false;
    bool key = false;          ///< a usable private key belongs to it
    std::optional<std::string> friendlyName;  ///< wanted without one: any will do
    Bytes der;                 ///< of one that is there, so that a removal can be taken back
    friend bool operator==(const CertificateState&, const CertificateState&) = default;
};

/// A http.sys record, whole, or its absence.
struct RecordState {
    RecordFamily family = RecordFamily::IpPort;
    std::string endpoint;
    std::optional<SslRecord> record;
    friend bool operator==(const RecordState&, const RecordState&) = default;
};

/// A binding of a site with its IIS flags, or its absence.
struct BindingState {
    std::string site;
    std::string protocol;
    std::string information;
    std::optional<std::uint32_t> sslFlags;
    friend bool operator==(const BindingState&, const BindingState&) = default;
};

/// The access flags of a path: what its own location says, if it has one, and what is in effect.
struct AccessState {
    std::string path;
    std::optional<std::uint32_t> own;
    std::uint32_t effective = 0;
    friend bool operator==(const AccessState&, const AccessState&) = default;
};

/// A SCHANNEL value, or its absence.
struct RegistryState {
    std::string name;
    std::optional<std::uint32_t> value;
    std::string otherType = {};  ///< of one that is no REG_DWORD, and so does nothing
    std::string otherData = {};
    friend bool operator==(const RegistryState&, const RegistryState&) = default;
};

/// A file with its content, or its absence.
struct FileState {
    std::string path;
    std::optional<Bytes> content;
    friend bool operator==(const FileState&, const FileState&) = default;
};

/// A certification request in a file, whose private key lies on this server: it waits in REQUEST for the CA's answer,
/// or belongs to the certificate by now. Absent where there is no such file or its key is not here.
struct RequestState {
    std::string file;
    bool present = false;
    std::string subject;     ///< RFC 4514
    std::string names;       ///< "DNS:www.example.test, IP:192.0.2.1"
    std::string key;         ///< "RSA 3072"
    std::string thumbprint;  ///< of the entry in REQUEST that stands for it; empty once it was answered
    std::string keySha256 = {};  ///< of its public key: by it the certificate is known when the file is gone
    friend bool operator==(const RequestState&, const RequestState&) = default;
};

/// How many revocation lists are kept that would still be believed. They go by themselves, and come back by themselves.
struct CrlCacheState {
    enum class Of { Caller, Services };
    Of of = Of::Caller;
    int lists = 0;
    friend bool operator==(const CrlCacheState&, const CrlCacheState&) = default;
};

struct ServiceState {
    std::string name;  ///< lower case, as `net start` takes it
    bool running = false;
    friend bool operator==(const ServiceState&, const ServiceState&) = default;
};

/// A task of Windows' Task Scheduler, or its absence.
struct TaskState {
    std::string name;  ///< "Monban\KeepOrRevert"
    std::optional<ScheduledTask> task;
    friend bool operator==(const TaskState&, const TaskState&) = default;
};

/// A revocation list in the store CA, or its absence.
struct CrlState {
    std::string thumbprint;  ///< SHA-1 of its DER
    bool present = false;
    std::string issuer;
    friend bool operator==(const CrlState&, const CrlState&) = default;
};

/// One thing on a server that a step can change, and how it is or shall be. As data it serves five uses: skip a step
/// whose states are so already, verify after it, the live lines of a page, drift, and the conflict check of an undo.
using State = std::variant<CertificateState, RecordState, BindingState, AccessState, RegistryState, FileState, RequestState, CrlCacheState,
                           ServiceState, TaskState, CrlState>;

/// A state as a person or script reads it: one named fact and the value wanted or seen.
struct FactLine {
    std::string fact;   ///< "ssl_records[ipport=0.0.0.0:443].ctl_store"
    std::string value;  ///< "iis_client_trust", "true", "absent"
};

/// How the same thing is in those facts. An unreadable section gives its reason, never an absence.
Observed<State> observedState(const State& like, const Facts& facts);

/// True when what was seen is what is wanted. A wanted state with a key asks for one and one without does not mind it;
/// a wanted state without a friendly name takes any; a wanted access without own flags asks that the path inherits.
bool satisfies(const State& seen, const State& wanted);

/// The lines of a wanted state; and the values of another state of the same thing at those lines.
std::vector<FactLine> factLines(const State& wanted);
std::string valueAt(const State& state, const std::string& fact);

/// The file that has to be read to observe the state; nothing where none has to.
std::optional<std::string> fileOf(const State& state);

/// The alternative names of a request or certificate as RequestState has them.
std::string namesText(const std::vector<std::string>& dnsNames, const std::vector<std::string>& ipAddresses);

/// What the state is about, such as "ssl_records[ipport=0.0.0.0:443]": equal for two states of the same thing.
std::string subjectOf(const State& state);

nlohmann::json toJson(const State& state);
/// Errors: Damaged (a journal that somebody edited).
Result<State> stateFromJson(const nlohmann::json& json);

/// The record as `status` prints it, and back.
nlohmann::json toJson(const SslRecord& record);
Result<SslRecord> recordFromJson(const nlohmann::json& json);

}  // namespace monban
