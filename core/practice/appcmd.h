// SPDX-License-Identifier: MIT
#pragma once
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/practice/shell.h"

/// appcmd's own way of writing parameters: `/name:value`, `/+bindings.[protocol='https',…]`,
/// `/bindings.[protocol='https',…].sslFlags:1`.
namespace monban::practice::appcmd {

struct Option {
    std::string name;                  ///< before the first colon outside of brackets, as typed
    std::optional<std::string> value;  ///< after it; nothing without a colon
};

struct Line {
    std::string verb;    ///< lower-case
    std::string object;  ///< lower-case, singular
    std::optional<std::string> identifier;
    std::vector<Option> options;
    std::string stray;  ///< the first argument that is neither
};
Line parse(const std::vector<std::string>& arguments);

const Option* find(const Line& line, const std::string& name);

/// A change to a collection: which, and what the element's attributes are.
struct CollectionEdit {
    char sign = 0;  ///< '+', '-', or 0 for an edit of an element's attribute
    std::string collection;
    std::vector<std::pair<std::string, std::string>> attributes;  ///< names lower-case
    std::string attribute;                                        ///< edited one, lower-case
};
/// Nothing where the text is not of that shape.
std::optional<CollectionEdit> collectionEdit(const std::string& name);

/// `ERROR ( message:… )` with a Win32 code.
Reply error(const std::string& message, std::uint32_t code);
Reply unknownParameter(const std::string& name);
Reply noSuchObject(const char* object, const std::string& identifier);
/// What the folder or the configuration refused.
Reply refused(const Shell& shell, const Error& trouble);
std::string xmlHeader();

Reply listSites(Shell& shell, const Line& line);

}  // namespace monban::practice::appcmd
