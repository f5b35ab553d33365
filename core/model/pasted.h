// SPDX-License-Identifier: MIT
#pragma once
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace monban {

/// Text as people really paste it (out of a mail, certlm.msc, Explorer, a Japanese input method), made into what they
/// mean. One place for all of it: the answers file and the pages read through these. None of them refuses anything;
/// what still makes no sense afterwards is named by whoever uses it. Names that must stay as they are (sites, friendly
/// names, parts of a DN, passwords) never come here, but for invisibleMark().

/// For words that are ASCII by nature: host names, endpoints, URLs, country codes. Full-width characters become their
/// usual ones, other hyphens "-", the ideographic full stop "."; invisible marks go, and blanks around.
std::string pastedWord(std::string_view text);

/// A file's path: without the quotes of Explorer's "Copy as path", without invisible marks and blanks around; ¥ and ₩,
/// which Japanese and Korean fonts show for a backslash, become one where they divide the path. Full-width characters
/// stay, for file names have them.
std::string pastedPath(std::string_view text);

/// A path below a site: "/app". Every kind of slash is one.
std::string pastedSitePath(std::string_view text);

/// A thumbprint or fingerprint of that many bytes as lower-case hex: any case, any separators, what stands before it in
/// the output of openssl ("SHA256 Fingerprint=") and certutil ("Cert Hash(sha1): "). Nothing where it is none.
std::optional<std::string> pastedFingerprint(std::string_view text, std::size_t bytes);

/// The first character in it that nobody sees and nobody types, as "U+200E". Joiners, which some scripts and emoji
/// need, and the no-break space are not among them.
std::optional<std::string> invisibleMark(std::string_view text);

}  // namespace monban
