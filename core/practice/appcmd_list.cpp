// SPDX-License-Identifier: MIT
#include <algorithm>
#include <map>

#include "core/observe/application_host.h"
#include "core/observe/configuration_text.h"
#include "core/practice/appcmd.h"

namespace monban::practice::appcmd {
namespace {

std::string bindingsText(const Site& site)
{
    std::string text;
    for (const Binding& binding : site.bindings)
        text += (text.empty() ? "" : ",") + binding.protocol + "/" + binding.information;
    return text;
}

/// Each site's element as it stands in the file, by its name in lower case.
std::map<std::string, std::string> siteElements(const ConfigurationText& text)
{
    std::map<std::string, std::string> elements;
    for (const pugi::xml_node site :
         text.configuration().child("system.applicationHost").child("sites").children("site"))
        elements.emplace(lowerAscii(site.attribute("name").value()), text.textOf(site));
    return elements;
}

/// One site as `list site` prints it: a line, an attribute alone, the element of the configuration, or XML.
std::string shownSite(const Line& line, const Site& site, const std::string& element)
{
    const std::string id = std::to_string(site.id);
    if (const Option* only = find(line, "text")) {
        const std::string what = lowerAscii(only->value.value_or(""));
        if (what == "name" || what == "site.name") return site.name + "\n";
        if (what == "id" || what == "site.id") return id + "\n";
        if (what == "bindings") return bindingsText(site) + "\n";
        if (what == "state") return site.state + "\n";
        return "SITE\n  SITE.NAME:\"" + site.name + "\"\n  SITE.ID:\"" + id + "\"\n  bindings:\"" + bindingsText(site) +
               "\"\n  state:\"" + site.state + "\"\n";
    }
    const bool config = find(line, "config") != nullptr;
    if (find(line, "xml") != nullptr) {
        const std::string start = "    <SITE SITE.NAME=\"" + ConfigurationText::escaped(site.name) + "\" SITE.ID=\"" +
                                  id + "\" bindings=\"" + ConfigurationText::escaped(bindingsText(site)) +
                                  "\" state=\"" + site.state + "\"";
        return config ? start + ">\n        " + element + "\n    </SITE>\n" : start + " />\n";
    }
    if (config) return element + "\n";
    return "SITE \"" + site.name + "\" (id:" + id + ",bindings:" + bindingsText(site) + ",state:" + site.state + ")\n";
}

}  // namespace

Reply error(const std::string& message, std::uint32_t code)
{
    return {static_cast<int>(code), "ERROR ( message:" + message + " )\n"};
}

Reply unknownParameter(const std::string& name)
{
    return error("Unknown attribute \"" + name + "\".  Replace with -? for help.", win::kInvalidParameter);
}

Reply noSuchObject(const char* object, const std::string& identifier)
{
    return error("Cannot find " + std::string(object) + " object with identifier \"" + identifier + "\".",
                 win::kNotFound);
}

/// What the folder or the configuration refused, as appcmd words it.
Reply refused(const Shell& shell, const Error& trouble)
{
    const std::uint32_t code = win32Code(trouble);
    const std::string text = trouble.code == ErrorCode::Damaged
                                 ? "Configuration error\n" + inLanguage(trouble.message, shell.machine.language)
                                 : shell.message(code);
    return {static_cast<int>(code), "ERROR ( hresult:" + hresultText(code).substr(2, 8) + ", message:" + text + " )\n"};
}

std::string xmlHeader() { return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<appcmd>\n"; }

Reply listSites(Shell& shell, const Line& line)
{
    static constexpr const char* kKnown[] = {"site.name", "name", "id", "site.id", "state", "xml", "config", "text"};
    for (const Option& option : line.options)
        if (std::none_of(std::begin(kKnown), std::end(kKnown),
                         [&](const char* one) { return equalsIgnoringCase(option.name, one); }))
            return unknownParameter(option.name);
    const auto file = shell.backend.configuration();
    if (!file) return refused(shell, file.error());
    const auto sites = sitesFromConfiguration(*file);
    if (!sites) return refused(shell, sites.error());
    const auto text = ConfigurationText::parse(*file);
    if (!text) return refused(shell, text.error());
    const auto elements = find(line, "config") != nullptr ? siteElements(*text) : std::map<std::string, std::string>();

    const auto wanted = [&](std::initializer_list<const char*> names) -> std::optional<std::string> {
        for (const char* name : names)
            if (const Option* option = find(line, name)) return option->value.value_or("");
        return std::nullopt;
    };
    const auto name = line.identifier ? line.identifier : wanted({"site.name", "name"});
    const auto id = wanted({"id", "site.id"});
    const auto state = wanted({"state"});
    std::string list;
    for (const Site& site : *sites) {
        if (name && !equalsIgnoringCase(site.name, *name)) continue;
        if ((id && std::to_string(site.id) != *id) || (state && !equalsIgnoringCase(site.state, *state))) continue;
        const auto element = elements.find(lowerAscii(site.name));
        list += shownSite(line, site, element == elements.end() ? std::string() : element->second);
    }
    if (list.empty() && line.identifier) return noSuchObject("SITE", *line.identifier);
    if (find(line, "xml") != nullptr) return {0, xmlHeader() + list + "</appcmd>\n"};
    // A list that finds nothing is not an error, but exits with 1.
    return {list.empty() && !sites->empty() ? 1 : 0, list};
}

}  // namespace monban::practice::appcmd
