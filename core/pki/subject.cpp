// SPDX-License-Identifier: MIT
#include "core/pki/subject.h"

#include <boost/asio/ip/address.hpp>

#include "core/pki/names.h"
#include "core/pki/openssl.h"

namespace monban {
namespace {

struct Part {
    int nid;
    std::string Subject::*text;
};
/// In the order in which they are encoded, the most general first.
constexpr Part kParts[] = {{NID_countryName, &Subject::country},
                           {NID_stateOrProvinceName, &Subject::state},
                           {NID_localityName, &Subject::locality},
                           {NID_organizationName, &Subject::organization},
                           {NID_organizationalUnitName, &Subject::organizationalUnit},
                           {NID_commonName, &Subject::commonName}};

}  // namespace

std::string nameText(const Subject& subject)
{
    const ErrorQueueScope scope;
    const NamePtr name(X509_NAME_new());
    for (const Part& part : kParts) {
        const std::string& text = subject.*(part.text);
        if (!text.empty())
            X509_NAME_add_entry_by_NID(name.get(), part.nid, MBSTRING_UTF8, reinterpret_cast<const unsigned char*>(text.data()),
                                       static_cast<int>(text.size()), -1, 0);
    }
    return nameText(name.get());
}

Subject subjectFrom(const Certificate& certificate)
{
    const ErrorQueueScope scope;
    Subject subject;
    const X509Ptr handle = x509FromDer(certificate.der);
    if (!handle) return subject;
    const X509_NAME* name = X509_get_subject_name(handle.get());
    for (const Part& part : kParts)
        if (const int at = X509_NAME_get_index_by_NID(name, part.nid, -1); at >= 0)
            subject.*(part.text) = stringText(X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    return subject;
}

std::optional<std::string> canonicalIpAddress(const std::string& text)
{
    if (text.find('%') != std::string::npos) return std::nullopt;  // a zone means something on one computer only
    boost::system::error_code trouble;
    const auto address = boost::asio::ip::make_address(text, trouble);
    if (trouble) return std::nullopt;
    if (address.is_v4()) {
        const auto bytes = address.to_v4().to_bytes();
        return ipText(bytes);
    }
    const auto bytes = address.to_v6().to_bytes();
    return ipText(bytes);
}

}  // namespace monban
