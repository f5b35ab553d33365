// SPDX-License-Identifier: MIT
#include "core/observe/application_host.h"

#include <algorithm>
#include <map>

#include "core/base/number.h"
#include "core/base/utf8.h"
#include "core/observe/access_section.h"

namespace monban {
namespace {

using Element = ConfigurationText::Element;

/// "/app//images/" is "app/images".
std::string withoutSlashes(const std::string& path)
{
    std::string result;
    for (const char c : path)
        if (c != '/' || (!result.empty() && result.back() != '/')) result += c;
    while (!result.empty() && result.back() == '/') result.pop_back();
    return result;
}

/// What <configuration> holds for one path: itself for the whole server, and each <location> of that path.
std::vector<pugi::xml_node> scopesOf(const ConfigurationText& text, const std::string& key)
{
    std::vector<pugi::xml_node> scopes;
    if (key.empty()) scopes.push_back(text.configuration());
    for (const pugi::xml_node child : text.configuration().children("location"))
        if (locationKey(child.attribute("path").value()) == key) scopes.push_back(child);
    return scopes;
}

std::vector<pugi::xml_node> siteElements(const ConfigurationText& text)
{
    std::vector<pugi::xml_node> sites;
    for (const pugi::xml_node scope : scopesOf(text, ""))
        for (const pugi::xml_node site : elementsBelow(scope, {"system.applicationHost", "sites", "site"}))
            sites.push_back(site);
    return sites;
}

std::optional<pugi::xml_node> siteElement(const ConfigurationText& text, const std::string& name)
{
    for (const pugi::xml_node site : siteElements(text))
        if (equalsIgnoringCase(site.attribute("name").value(), name)) return site;
    return std::nullopt;
}

Error noSuchSite(const std::string& name)
{
    return {ErrorCode::NotFound, {tr("IIS has no site named {0}."), {name}}, "no site " + name};
}

constexpr const char* kNotANumber = tr(
    "applicationHost.config cannot be read: the element at line {0}, column {1} has {2}, where a number was expected. "
    "Correct that line or restore a backup (appcmd restore backup).");
constexpr const char* kNoSiteName = tr(
    "applicationHost.config cannot be read: the site at line {0}, column {1} has no name. Correct that line or restore "
    "a backup (appcmd restore backup).");

Result<std::vector<Binding>> bindingsOf(const ConfigurationText& text, pugi::xml_node site)
{
    std::vector<Binding> bindings;
    for (const pugi::xml_node node : elementsBelow(site, {"bindings", "binding"})) {
        std::uint32_t flags = 0;
        if (const auto attribute = node.attribute("sslFlags")) {
            const auto value = numberFrom<std::uint32_t>(attribute.value());
            if (!value) return text.damagedAt(node, kNotANumber, "sslFlags=\"" + std::string(attribute.value()) + "\"");
            flags = *value;
        }
        bindings.push_back(
            bindingFrom(node.attribute("protocol").value(), node.attribute("bindingInformation").value(), flags));
    }
    return bindings;
}

/// The variables IIS itself writes into paths, with the values every Windows Server has; one that is not known stays,
/// and with it the path is not known.
std::string expanded(std::string path)
{
    constexpr std::pair<const char*, const char*> kVariables[] = {{"systemdrive", "C:"},
                                                                  {"systemroot", "C:\\Windows"},
                                                                  {"windir", "C:\\Windows"},
                                                                  {"programfiles", "C:\\Program Files"},
                                                                  {"programdata", "C:\\ProgramData"}};
    for (std::size_t begin = path.find('%'); begin != std::string::npos; begin = path.find('%', begin)) {
        const std::size_t end = path.find('%', begin + 1);
        if (end == std::string::npos) return {};
        const std::string name = lowerAscii(path.substr(begin + 1, end - begin - 1));
        const auto known = std::find_if(std::begin(kVariables), std::end(kVariables),
                                        [&](const auto& variable) { return name == variable.first; });
        if (known == std::end(kVariables)) return {};
        path.replace(begin, end - begin + 1, known->second);
        begin += std::string_view(known->second).size();
    }
    return path;
}

/// Where the site's files lie: each virtual directory of each application, the root's apart.
void readFolders(pugi::xml_node node, Site& site)
{
    for (const pugi::xml_node application : node.children("application"))
        for (const pugi::xml_node directory : application.children("virtualDirectory")) {
            const std::string path = withoutSlashes(std::string(application.attribute("path").value()) + "/" +
                                                    directory.attribute("path").value());
            const std::string place = expanded(directory.attribute("physicalPath").value());
            if (path.empty()) site.physicalPath = place;
            else site.folders.push_back({site.name + "/" + path, place});
        }
}

void readAccess(Site& site, const AccessSection& section)
{
    const std::string key = locationKey(site.name);
    if (const Access* own = section.own(key)) {
        site.access.push_back(*own);
        site.access.back().path = site.name;
    } else {
        site.access.push_back({site.name, section.inEffect(key), true, {}, {}});
    }
    for (const std::string& child : section.below(key)) site.access.push_back(*section.own(child));
}

Result<Site> siteFrom(const ConfigurationText& text, pugi::xml_node node)
{
    Site site;
    site.name = node.attribute("name").value();
    if (site.name.empty()) return text.damagedAt(node, kNoSiteName);
    const auto id = numberFrom<int>(node.attribute("id").value());
    if (!id) return text.damagedAt(node, kNotANumber, "id=\"" + std::string(node.attribute("id").value()) + "\"");
    site.id = *id;
    site.state = equalsIgnoringCase(node.attribute("serverAutoStart").value(), "false") ? "Stopped" : "Started";
    readFolders(node, site);
    auto bindings = bindingsOf(text, node);
    if (!bindings) return bindings.error();
    site.bindings = std::move(*bindings);
    return site;
}

std::optional<pugi::xml_node> bindingElement(pugi::xml_node site, const Binding& binding)
{
    for (const pugi::xml_node node : elementsBelow(site, {"bindings", "binding"}))
        if (equalsIgnoringCase(node.attribute("protocol").value(), binding.protocol) &&
            equalsIgnoringCase(node.attribute("bindingInformation").value(), binding.information))
            return node;
    return std::nullopt;
}

Error noSuchBinding(const std::string& site, const Binding& binding)
{
    return {ErrorCode::NotFound,
            {tr("The site {0} has no binding {1}/{2}."), {site, binding.protocol, binding.information}},
            "no binding " + binding.protocol + "/" + binding.information + " in " + site};
}

/// The file's text with one edit made.
template <class Edit>
Result<std::string> edited(const std::string& file, Edit&& edit)
{
    auto text = ConfigurationText::parse(file);
    if (!text) return text.error();
    const Result<Done> done = edit(*text);
    if (!done) return done.error();
    return text->file();
}

Result<Done> setAccess(ConfigurationText& text, const std::string& path, std::uint32_t flags)
{
    // IIS writes a blank after each comma.
    std::string value;
    for (const std::string& name : accessNames(flags)) value += (value.empty() ? "" : ", ") + name;
    if (value.empty()) value = "None";
    const auto scopes = scopesOf(text, locationKey(path));
    for (auto scope = scopes.rbegin(); scope != scopes.rend(); ++scope) {
        const auto elements = accessElements(*scope);
        if (!elements.empty()) return text.setAttribute(elements.back(), "sslFlags", value);
    }
    std::vector<Element> nested{{"access", "sslFlags=\"" + ConfigurationText::escaped(value) + "\""}};
    if (scopes.empty()) {
        nested.insert(nested.begin(), {{"location", "path=\"" + ConfigurationText::escaped(path) + "\""},
                                       {"system.webServer", ""},
                                       {"security", ""}});
        return text.append(text.configuration(), nested);
    }
    pugi::xml_node parent = scopes.front();
    for (const char* name : {"system.webServer", "security"}) {
        const pugi::xml_node child = nested.size() == 1 ? parent.child(name) : pugi::xml_node();
        if (child) parent = child;
        else nested.insert(nested.end() - 1, {name, ""});
    }
    return text.append(parent, nested);
}

Result<Done> clearAccess(ConfigurationText& text, const std::string& path)
{
    for (;;) {
        std::optional<pugi::xml_node> found;
        for (const pugi::xml_node scope : scopesOf(text, locationKey(path)))
            for (const pugi::xml_node access : accessElements(scope)) found = access;
        if (!found) return Done{};
        if (const auto removed = text.remove(*found, true); !removed) return removed;
    }
}

}  // namespace

Result<std::vector<Site>> sitesFromConfiguration(const std::string& file)
{
    return sitesFromConfiguration(file, [](const std::string&) -> Result<std::string> {
        return Error{ErrorCode::NotFound, {}, "no files are looked at"};
    });
}

Result<std::vector<Site>> sitesFromConfiguration(const std::string& file, const ReadSiteFile& readFile,
                                                 const ListSiteFolders& listFolders)
{
    const auto text = ConfigurationText::parse(file);
    if (!text) return text.error();
    auto section = AccessSection::read(*text);
    if (!section) return section.error();
    std::vector<Site> sites;
    for (const pugi::xml_node node : siteElements(*text)) {
        auto site = siteFrom(*text, node);
        if (!site) return site.error();
        site->webConfigs = readWebConfigs(*site, *section, readFile, listFolders);
        readAccess(*site, *section);
        sites.push_back(std::move(*site));
    }
    return sites;
}

Result<std::string> withBinding(const std::string& file, const std::string& site, const Binding& binding)
{
    return edited(file, [&](ConfigurationText& text) -> Result<Done> {
        const auto node = siteElement(text, site);
        if (!node) return noSuchSite(site);
        if (bindingElement(*node, binding))
            return Error{
                ErrorCode::Conflict,
                {tr("The site {0} already has the binding {1}/{2}."), {site, binding.protocol, binding.information}},
                "binding exists: " + binding.protocol + "/" + binding.information};
        std::string attributes = "protocol=\"" + ConfigurationText::escaped(binding.protocol) +
                                 "\" bindingInformation=\"" + ConfigurationText::escaped(binding.information) + "\"";
        if (binding.sslFlags != 0) attributes += " sslFlags=\"" + std::to_string(binding.sslFlags) + "\"";
        if (const pugi::xml_node bindings = node->child("bindings"))
            return text.append(bindings, {{"binding", attributes}});
        return text.append(*node, {{"bindings", ""}, {"binding", attributes}});
    });
}

Result<std::string> withoutBinding(const std::string& file, const std::string& site, const Binding& binding)
{
    return edited(file, [&](ConfigurationText& text) -> Result<Done> {
        const auto node = siteElement(text, site);
        if (!node) return noSuchSite(site);
        const auto element = bindingElement(*node, binding);
        if (!element) return noSuchBinding(site, binding);
        return text.remove(*element, false);
    });
}

Result<std::string> withBindingFlags(const std::string& file, const std::string& site, const Binding& binding,
                                     std::uint32_t sslFlags)
{
    return edited(file, [&](ConfigurationText& text) -> Result<Done> {
        const auto node = siteElement(text, site);
        if (!node) return noSuchSite(site);
        const auto element = bindingElement(*node, binding);
        if (!element) return noSuchBinding(site, binding);
        if (sslFlags == 0 && !element->attribute("sslFlags")) return Done{};
        return text.setAttribute(*element, "sslFlags", std::to_string(sslFlags));
    });
}

Result<std::string> withAccess(const std::string& file, const std::string& path, std::optional<std::uint32_t> flags)
{
    return edited(file, [&](ConfigurationText& text) -> Result<Done> {
        const std::string key = locationKey(path);
        if (!key.empty() && !siteElement(text, siteOf(key))) return noSuchSite(path.substr(0, path.find('/')));
        return flags ? setAccess(text, path, *flags) : clearAccess(text, path);
    });
}

Result<Access> accessAt(const std::string& file, const std::string& path)
{
    const auto text = ConfigurationText::parse(file);
    if (!text) return text.error();
    const auto section = AccessSection::read(*text);
    if (!section) return section.error();
    const std::string key = locationKey(path);
    return Access{path, section->inEffect(key), section->own(key) == nullptr, {}, {}};
}

Result<bool> accessIsLocked(const std::string& file, const std::string& path)
{
    const auto text = ConfigurationText::parse(file);
    if (!text) return text.error();
    const auto section = AccessSection::read(*text);
    if (!section) return section.error();
    return section->isLocked(locationKey(path));
}

}  // namespace monban
