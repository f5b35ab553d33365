// SPDX-License-Identifier: MIT
#pragma once
#include <pugixml.hpp>

#include <memory>
#include <string>
#include <vector>

#include "core/base/result.h"

namespace monban {

/// applicationHost.config as text and as the tree read from it. Edits change the text in one place and leave every
/// other byte as it was (comments, blanks between attributes, line ends, encoding), which writing out the tree would
/// not. Used by application_host.cpp and by the practice server's appcmd.
class ConfigurationText {
public:
    /// UTF-8 with or without byte-order mark, UTF-16 of either order. Errors: Damaged, with line and column.
    static Result<ConfigurationText> parse(const std::string& file);

    pugi::xml_node configuration() const { return m_document->child("configuration"); }

    /// The error for something wrong at that element: a marked sentence in which {0} is the line, {1} the column and
    /// {2} the extra text.
    Error damagedAt(pugi::xml_node node, const char* sentence, const std::string& extra = {}) const;

    /// Each changes the text and reads the tree anew: nodes taken before are no longer valid.
    Result<Done> setAttribute(pugi::xml_node element, const std::string& name, const std::string& value);
    /// Appends a child element written without indentation (`{{"access", "sslFlags=\"…\""}}` nests outermost first).
    struct Element {
        std::string name;
        std::string attributes;  ///< already escaped, without leading blank
    };
    Result<Done> append(pugi::xml_node parent, const std::vector<Element>& nested);
    /// Removes the element, and each ancestor below <configuration> that holds nothing else.
    Result<Done> remove(pugi::xml_node element, bool withEmptyParents);

    /// The text of one element as it stands in the file.
    std::string textOf(pugi::xml_node element) const;

    /// In the encoding it was read in.
    std::string file() const;

    static std::string escaped(const std::string& attributeValue);

private:
    enum class Encoding { Utf8, Utf8Bom, Utf16Le, Utf16Be, Utf16LeBom, Utf16BeBom };
    ConfigurationText() = default;
    Result<Done> read();
    Error damagedAtOffset(std::size_t offset, const char* sentence, const std::string& extra = {}) const;
    std::size_t startOf(pugi::xml_node element) const;
    std::string indentationOf(pugi::xml_node element) const;

    Encoding m_encoding = Encoding::Utf8;
    std::string m_text;  // UTF-8 without mark
    std::string m_lineEnd = "\r\n";
    std::shared_ptr<pugi::xml_document> m_document;
};

}  // namespace monban
