// SPDX-License-Identifier: MIT
#include "core/observe/ssl_record.h"

#include "core/base/utf8.h"

namespace monban {
namespace {

struct Owner {
    const char* appId;
    const char* name;
};

/// Only ids that could be confirmed: Microsoft's documentation for IIS, AD FS, Web Application Proxy, Work Folders,
/// the Web Management Service and BranchCache; published scripts and transcripts for the others. Remote Desktop
/// Gateway binds through IIS and so carries IIS's own id.
constexpr Owner kOwners[] = {
    {"{4dc3e181-e14b-4a21-b022-59fc669b0914}", "IIS"},
    {"{214124cd-d05b-4309-9af9-9caa44b2b74a}", "IIS Express"},
    {"{5d89a20c-beab-4389-9447-324788eb944a}", "AD FS"},
    {"{f955c070-e044-456c-ac00-e9e4275b3f04}", "Web Application Proxy"},
    {"{afebb9ad-9b97-4a91-9ab5-daf4d59122f6}", "WinRM"},
    {"{d7d72267-fcf9-4424-9eec-7e1d8dcec9a9}", "Web Management Service (WMSVC)"},
    {"{ba195980-cd49-458b-9e23-c84ee0adcd75}", "SSTP (Routing and Remote Access)"},
    {"{5d8e2743-ef20-4d38-8751-7e400f200e65}", "IP-HTTPS / KDC Proxy"},
    {"{ce66697b-3aa0-49d1-bdbd-a25c8359fd5d}", "Work Folders"},
    {"{d673f5ee-a714-454d-8de2-492e4c1bd8f8}", "BranchCache"},
    {"{1d40ebc7-1983-4ac5-82aa-1e17a7ae9a0e}", "SQL Server Reporting Services"},
    {"{13ef9eed-b613-4d2d-8b82-7e5b90be4990}", "Windows Admin Center"},
    {"{975536f5-223d-442c-9271-7f62fc035c1f}", "Windows Admin Center"},
};

}  // namespace

const char* name(RecordFamily family)
{
    switch (family) {
        case RecordFamily::IpPort:
            return "ipport";
        case RecordFamily::HostNamePort:
            return "hostnameport";
        case RecordFamily::Ccs:
            return "ccs";
    }
    return "ipport";
}

const char* ownerName(const std::string& appId)
{
    for (const Owner& owner : kOwners)
        if (equalsIgnoringCase(appId, owner.appId)) return owner.name;
    return nullptr;
}

}  // namespace monban
