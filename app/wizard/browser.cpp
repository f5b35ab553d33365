// SPDX-License-Identifier: MIT
#include "app/wizard/browser.h"

#include <wx/utils.h>

#include "app/wizard/practice_host.h"
#include "app/wizard/text.h"
#include "core/tls/http_address.h"

namespace monban::wizard {

Message openInBrowser(const std::string& address, const std::string& path, const PracticeHost* practice)
{
    const auto parsed = parseSiteAddress(address);
    if (!parsed) return parsed.error().message;
    std::string url = "https://" + parsed->authority() + path;
    Message says;
    if (practice) {
        const auto place = practice->httpsAt(parsed->host, parsed->port);
        if (!place) return {tr("The practice server serves nothing on port {0} yet. Bind the site first."), {std::to_string(parsed->port)}};
        url = "https://" + *place + path;
        says = {tr("The practice server's name is known to Monban alone, so {0} is opened. The browser will warn: the address does not stand in the certificate, and this computer does not trust the practice CA."), {url}};
    }
    if (!wxLaunchDefaultBrowser(fromUtf8(url))) return {tr("No browser could be started here. Open {0} yourself."), {url}};
    return says;
}

}  // namespace monban::wizard
