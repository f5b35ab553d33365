// SPDX-License-Identifier: MIT
#include "core/pki/crl_point.h"

#include <algorithm>

#include "core/base/utf8.h"
#include "core/pki/asn1.h"
#include "core/pki/names.h"

namespace monban {
namespace {

constexpr std::size_t kMostNamePairs = 1 << 12;  // of real ones each has a few
constexpr int kRelativeName = 1;  // the other choice of DistributionPointName

using PointsPtr = Handle<CRL_DIST_POINTS, CRL_DIST_POINTS_free>;

/// Capitals in scheme and host do not matter (RFC 5280, section 7.4).
std::string comparable(const ASN1_STRING* uri)
{
    std::string text(textOf({ASN1_STRING_get0_data(uri), static_cast<std::size_t>(ASN1_STRING_length(uri))}));
    const std::size_t begin = text.find("://");
    if (begin == std::string::npos) return text;
    const std::size_t end = std::min(text.find_first_of("/?#", begin + 3), text.size());
    return lowerAscii(text.substr(0, end)) + text.substr(end);
}

bool isSame(GENERAL_NAME* a, GENERAL_NAME* b)
{
    if (a->type == GEN_URI && b->type == GEN_URI) return comparable(a->d.uniformResourceIdentifier) == comparable(b->d.uniformResourceIdentifier);
    return GENERAL_NAME_cmp(a, b) == 0;
}

bool haveCommon(const GENERAL_NAMES* some, const GENERAL_NAMES* others)
{
    const int count = std::max(sk_GENERAL_NAME_num(some), 0);
    const int otherCount = std::max(sk_GENERAL_NAME_num(others), 0);
    if (static_cast<std::size_t>(count) * static_cast<std::size_t>(otherCount) > kMostNamePairs) return false;
    for (int i = 0; i < count; ++i)
        for (int j = 0; j < otherCount; ++j)
            if (isSame(sk_GENERAL_NAME_value(some, i), sk_GENERAL_NAME_value(others, j))) return true;
    return false;
}

bool isSamePoint(DIST_POINT_NAME* ofList, const DIST_POINT* ofCertificate, const X509_NAME* issuer)
{
    DIST_POINT_NAME* const name = ofCertificate->distpoint;
    if (!name) return ofList->type != kRelativeName && haveCommon(ofList->name.fullname, ofCertificate->CRLissuer);
    if (name->type != ofList->type) return false;
    if (name->type != kRelativeName) return haveCommon(ofList->name.fullname, name->name.fullname);
    return DIST_POINT_set_dpname(ofList, issuer) == 1 && DIST_POINT_set_dpname(name, issuer) == 1 && X509_NAME_cmp(ofList->dpname, name->dpname) == 0;
}

/// A certificate without distribution points counts as one with its issuer's name for one (RFC 5280, section 6.3.3, at the end).
bool namesIssuer(const DIST_POINT_NAME* ofList, const X509_NAME* issuer)
{
    if (ofList->type == kRelativeName) return false;
    for (int i = 0; i < sk_GENERAL_NAME_num(ofList->name.fullname); ++i) {
        const GENERAL_NAME* one = sk_GENERAL_NAME_value(ofList->name.fullname, i);
        if (one->type == GEN_DIRNAME && X509_NAME_cmp(one->d.directoryName, issuer) == 0) return true;
    }
    return false;
}

}  // namespace

std::optional<CrlPoint> CrlPoint::from(ByteView der)
{
    const ErrorQueueScope scope;
    if (!hasReasonableSize(der)) return std::nullopt;
    const unsigned char* at = der.data();
    CrlPoint point;
    point.m_point.reset(d2i_ISSUING_DIST_POINT(nullptr, &at, static_cast<long>(der.size())));
    if (!point.m_point) return std::nullopt;
    return point;
}

bool CrlPoint::isOf(const Certificate& certificate) const
{
    const ErrorQueueScope scope;
    DIST_POINT_NAME* const name = m_point->distpoint;
    if (!name) return true;
    const X509Ptr x509 = x509FromDer(certificate.der);
    if (!x509) return false;
    const X509_NAME* issuer = X509_get_issuer_name(x509.get());
    if (X509_get_ext_by_NID(x509.get(), NID_crl_distribution_points, -1) < 0) return namesIssuer(name, issuer);
    const PointsPtr own(static_cast<CRL_DIST_POINTS*>(X509_get_ext_d2i(x509.get(), NID_crl_distribution_points, nullptr, nullptr)));
    for (int i = 0; i < sk_DIST_POINT_num(own.get()); ++i)
        if (isSamePoint(name, sk_DIST_POINT_value(own.get(), i), issuer)) return true;
    return false;
}

std::vector<std::string> CrlPoint::names() const
{
    const DIST_POINT_NAME* const point = m_point->distpoint;
    std::vector<std::string> texts;
    if (!point) return texts;
    for (int i = 0; point->type != kRelativeName && i < sk_GENERAL_NAME_num(point->name.fullname); ++i) {
        const GENERAL_NAME* one = sk_GENERAL_NAME_value(point->name.fullname, i);
        if (one->type == GEN_URI) texts.push_back(stringText(one->d.uniformResourceIdentifier));
        if (one->type == GEN_DIRNAME) texts.push_back(nameText(one->d.directoryName));
    }
    if (texts.empty()) texts.emplace_back("?");
    return texts;
}

}  // namespace monban
