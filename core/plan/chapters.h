// SPDX-License-Identifier: MIT
#pragma once
#include <string>
#include <vector>

#include "core/observe/pitfalls.h"
#include "core/plan/plan.h"

namespace monban {

/// Each adds its chapter's steps, in order, and what a person should know. What cannot be planned is a blocked step
/// that says why.
void planCertificate(const PlanInput& input, Plan& plan);
void planImport(const PlanInput& input, Plan& plan);
void planTrust(const PlanInput& input, Plan& plan);
void planBind(const PlanInput& input, Plan& plan);
void planRequire(const PlanInput& input, Plan& plan);
void planTroubleshoot(const PlanInput& input, Plan& plan);
/// The import where the certificate comes of a request: `certreq -accept`.
void planAccept(const PlanInput& input, Plan& plan);

/// Steps for the pitfalls the answers name (troubleshoot.mend); after the chapters, since it sees what they change.
void planMend(const PlanInput& input, Plan& plan);
/// What only the answers and the server together show, such as a CTL store without the root that is meant.
std::vector<Pitfall> answersPitfalls(const PlanInput& input, const Plan& plan);
/// Where a site that will want certificates by those access flags does not ask for them in the handshake once the steps have
/// run: "late-request", "ccs-cannot-negotiate".
std::vector<Pitfall> lateRequestsAfter(const PlanInput& input, const Plan& plan, const AccessState& wanted);
/// After mending, since that may let those records ask in time: where they do not, wanting certificates shuts out whoever comes
/// there with TLS 1.3, and has to be accepted.
void holdBackLateRequests(const PlanInput& input, Plan& plan);
/// These and the server's own become the plan's.
void addPitfalls(const PlanInput& input, Plan& plan);

/// What every plan gets last: refusals that do not depend on the chapter, what is done already, the undo, the pitfalls.
void conclude(const PlanInput& input, Plan& plan);

/// `C:\Windows\System32\certutil.exe` on that server.
std::string systemProgram(const Facts& facts, const std::string& name);
std::string appcmdProgram(const Facts& facts);
/// A location ("Default Web Site/app") as appcmd takes it: one that begins as an option or as one of IIS's own levels
/// does is given by its full path.
std::string configurationPath(const std::string& location);

/// The path as IIS keeps it in `<location path>`: parts with one slash between them, none at the ends.
std::string locationPath(const std::string& site, const std::string& path);

/// A web.config that sets the flags of this very path, so that what is set on the server has no effect there; or nothing.
std::optional<Message> setByFile(const Site& site, const std::string& path);

/// How a certificate is named in a title.
std::string shownName(const Certificate& certificate);

/// The step is shown, and cannot be run for that reason.
void block(Step& step, Message reason);
Step blocked(std::string id, Chapter chapter, Message title, Message reason);
Step waiting(std::string id, Chapter chapter, Message title, Message reason);

/// The site the answers mean: the one named, or the only one; otherwise why not.
Result<Site> chosenSite(const PlanInput& input);
/// The server's own certificate out of the PKCS#12 file or the CA's answer the answers name.
Result<Certificate> serverCertificate(const PlanInput& input);
/// The one out of the CA's answer whose key is here, or else its server certificate.
Result<Certificate> issuedCertificate(const PlanInput& input);
/// True while a request has no answer yet; then what needs the certificate waits, for that reason.
bool waitsForAnswer(const PlanInput& input);
/// Why a certificate that was requested cannot come into the store the answers name, or nothing.
std::optional<Message> wrongStoreForAnswer(const PlanInput& input);
Message waitingReason(const PlanInput& input);
/// Why the CA's answer is of no use here whatever root CA is trusted: another key, no server's certificate, a request
/// that no longer waits. Nothing where it fits, or where there is none.
std::optional<Message> wrongAnswer(const PlanInput& input);
/// Gives a certificate in a store the friendly name the answers have for it (import.friendly_name).
Step namingStep(const PlanInput& input, const std::string& store, const std::string& thumbprint);
/// Makes that step the one that saves a root which came from elsewhere, so that certutil has a file to name.
void saveRoot(const CertificateMaterial& root, Step& step);
/// The request a run of Monban made into the file the answers name, and that they still describe, where that file is
/// gone. Nothing where it is there, or no run made it.
std::optional<EarlierRuns::Made> lostRequest(const PlanInput& input);
/// Why no server can use that certificate, whatever else is right; or nothing.
std::optional<Message> unfitForServer(const Certificate& certificate);
/// The root CA the answers name, if it is one.
Result<CertificateMaterial> rootCertificate(const PlanInput& input);
/// Why certutil would not take that name for a store's, or nothing.
std::optional<Message> refusedStoreName(const std::string& store);
/// The pitfall of a record whose owner nobody knows; accepted, the record counts as the site's.
constexpr const char* kUnknownOwner = "unknown-owner";
/// Why a record of that owner must not be changed: it is a known other program's, or an unknown one's and no site of IIS
/// answers there. Nothing where it may be.
std::optional<Message> ownerRefusal(const SslRecord& record, bool siteAnswers);
/// Why nothing can be planned on that server (it cannot be seen at all, IIS is missing), or nothing. Missing rights hinder no
/// plan: planSetup() blocks the steps that would run, as they are, so that they can be read and approved without them.
std::optional<Message> noMachine(const Facts& facts);
std::optional<Message> noIis(const Facts& facts);

}  // namespace monban
