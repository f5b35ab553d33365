// SPDX-License-Identifier: MIT
#include "core/pki/asn1.h"

#include <algorithm>

namespace monban {
namespace {

struct Header {
    std::size_t size = 0;  ///< of identifier and length together
    std::size_t length = 0;
    bool indefinite = false;
};

/// X.690, section 8.1.2 and 8.1.3.
std::optional<Header> header(ByteView bytes)
{
    std::size_t at = 1;
    if (bytes.empty()) return std::nullopt;
    if ((bytes[0] & 0x1F) == 0x1F) {  // a tag number of several bytes
        while (at < bytes.size() && (bytes[at] & 0x80) && at < 6) ++at;
        ++at;
    }
    if (at >= bytes.size()) return std::nullopt;
    const std::uint8_t first = bytes[at++];
    if (first < 0x80) return Header{at, first, false};
    if (first == 0x80) return Header{at, 0, true};
    std::size_t count = first & 0x7Fu;
    std::size_t length = 0;
    for (; count > 0; --count) {
        if (at >= bytes.size() || length > (SIZE_MAX >> 8)) return std::nullopt;
        length = (length << 8) | bytes[at++];
    }
    return Header{at, length, false};
}

/// Walks elements and what is in them without recursion into the program's stack beyond the limit.
class Walk {
public:
    /// Where the contents that begin here end: at the end-of-contents mark where `indefinite`, else at the end of the
    /// bytes. Gives up, and says so, at the limits.
    std::size_t contents(ByteView bytes, bool indefinite, int depth)
    {
        std::size_t at = 0;
        if (depth > kDeepestNesting) m_tooMuch = true;
        while (at < bytes.size() && !m_tooMuch) {
            const ByteView rest = bytes.subspan(at);
            if (indefinite && rest.size() >= 2 && rest[0] == 0 && rest[1] == 0) return at;
            const auto size = element(rest, depth);
            if (!size) break;
            at += *size;
        }
        if (indefinite) m_cutShort = true;
        return bytes.size();
    }

    std::optional<std::size_t> element(ByteView rest, int depth)
    {
        if (++m_count > kMostElements) m_tooMuch = true;
        const auto head = header(rest);
        if (!head) return std::nullopt;
        const ByteView body = rest.subspan(head->size);
        if (head->indefinite) return head->size + contents(body, true, depth + 1) + 2;
        const std::size_t length = std::min(head->length, body.size());
        // Extensions and bags keep more ASN.1 in octet strings.
        const bool wrapped = rest[0] == asn1::kOctetString && length > 0 && body[0] == asn1::kSequence;
        if ((rest[0] & 0x20) || wrapped) contents(body.first(length), false, depth + 1);
        return head->size + length;
    }

    bool tooMuch() const { return m_tooMuch; }
    bool cutShort() const { return m_cutShort; }

private:
    std::size_t m_count = 0;
    bool m_tooMuch = false;
    bool m_cutShort = false;
};

}  // namespace

std::optional<Asn1Element> Asn1Reader::next()
{
    const auto head = header(m_rest);
    if (!head || (m_rest[0] == 0 && head->length == 0)) return std::nullopt;
    Asn1Element element;
    element.identifier = m_rest[0];
    const ByteView body = m_rest.subspan(head->size);
    std::size_t after = 0;
    if (head->indefinite) {
        Walk walk;
        const std::size_t length = walk.contents(body, true, 0);
        element.content = body.first(std::min(length, body.size()));
        element.cutShort = walk.cutShort() || walk.tooMuch();
        after = std::min(head->size + length + 2, m_rest.size());
    } else {
        element.cutShort = head->length > body.size();
        element.content = body.first(std::min(head->length, body.size()));
        after = head->size + element.content.size();
    }
    element.whole = m_rest.first(after);
    m_rest = m_rest.subspan(after);
    return element;
}

std::optional<Asn1Element> Asn1Reader::next(std::uint8_t identifier)
{
    return peek() == identifier ? next() : std::nullopt;
}

bool hasReasonableSize(ByteView der)
{
    Walk walk;
    walk.contents(der, false, 0);
    return !walk.tooMuch();
}

}  // namespace monban
