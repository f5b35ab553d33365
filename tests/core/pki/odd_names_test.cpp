// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <set>

#include "core/base/utf8.h"
#include "core/pki/asn1.h"
#include "core/pki/inspect.h"
#include "core/pki/names.h"
#include "core/pki/pem.h"
#include "tests/core/pki/der.h"

namespace monban {
namespace {

using namespace testing;

Certificate parsed(const OddCertificate& odd)
{
    auto certificate = parseCertificate(odd.der());
    EXPECT_TRUE(certificate);
    if (!certificate) return {};
    // Strict: throws where anything is not UTF-8.
    EXPECT_FALSE(toJson(*certificate, false, "").dump().empty());
    return *certificate;
}

std::string subjectOf(std::uint8_t type, const Bytes& value)
{
    return parsed({.name = tlv(0x30, commonName(type, value))}).subject;
}

TEST(OddNames, ComeOutAsOneLineOfUtf8)
{
    EXPECT_EQ(subjectOf(0x0C, bytesOf("plain")), "CN=plain");
    EXPECT_EQ(subjectOf(0x0C, bytesOf(std::string_view("a\0b\r\n\x1B[31m\x7F", 11))), "CN=a\\00b\\0D\\0A\\1B[31m\\7F");
    EXPECT_EQ(subjectOf(0x0C, bytesOf(" a, \"b\" <c>;d+e\\ ")), "CN=\\ a\\, \\\"b\\\" \\<c\\>\\;d\\+e\\\\\\ ");
    EXPECT_EQ(subjectOf(0x0C, bytesOf("#1")), "CN=\\#1");
    EXPECT_EQ(subjectOf(0x0C, bytesOf(" ")), "CN=\\ ");
    EXPECT_EQ(subjectOf(0x0C, {}), "CN=");
    EXPECT_EQ(subjectOf(0x1E, fromHex("65e5672c")), "CN=日本");
    EXPECT_EQ(subjectOf(0x14, fromHex("fc")), "CN=ü") << "T61String is read as Latin-1";
    EXPECT_EQ(subjectOf(0x03, fromHex("0001")), "CN=#03020001") << "no string at all: its DER (RFC 4514, 2.4)";
}

TEST(OddStrings, AreValidUtf8WhateverTheirBytes)
{
    const auto text = [](int type, const Bytes& value) {
        const Handle<ASN1_STRING, ASN1_STRING_free> string(ASN1_STRING_type_new(type));
        ASN1_STRING_set(string.get(), value.data(), static_cast<int>(value.size()));
        return stringText(string.get());
    };
    EXPECT_EQ(text(V_ASN1_UTF8STRING, bytesOf("bad\xFF\xC0\x80")), "bad\uFFFD\uFFFD\uFFFD");
    EXPECT_EQ(text(V_ASN1_BMPSTRING, fromHex("65e5672cd83dde00")), "日本😀") << "a surrogate pair, as Windows writes";
    EXPECT_EQ(text(V_ASN1_BMPSTRING, fromHex("65e5d83d")), "日\uFFFD");
    EXPECT_EQ(text(V_ASN1_BMPSTRING, fromHex("65e567")), "日\uFFFD");
    EXPECT_EQ(text(V_ASN1_UNIVERSALSTRING, fromHex("000065e50001f600ffffffff")), "日😀\uFFFD");
}

TEST(OddNames, ThatNoProgramCanCompareMakeACertificateUnreadable)
{
    // The library brings names into a canonical form (RFC 5280, section 7.1) and refuses those it cannot.
    EXPECT_FALSE(parseCertificate(OddCertificate{.name = tlv(0x30, commonName(0x0C, bytesOf("bad\xFF")))}.der()));
}

TEST(OddNames, KeepTheOrderAndTheSetsOfTheirParts)
{
    const Bytes unit = tlv(0x30, {fromHex("060355040b"), tlv(0x0C, bytesOf("U"))});
    const Bytes name = tlv(0x30, {fromHex("060355040a"), tlv(0x0C, bytesOf("O"))});
    const Bytes unknown = tlv(0x31, tlv(0x30, {fromHex("06032a0304"), tlv(0x0C, bytesOf("x"))}));
    const Certificate certificate =
        parsed({.name = tlv(0x30, {tlv(0x31, {name, unit}), unknown, commonName(0x0C, bytesOf("first")),
                                   commonName(0x0C, bytesOf("last"))})});
    EXPECT_EQ(certificate.subject, "CN=last,CN=first,1.2.3.4=#0C0178,OU=U+O=O");
    EXPECT_EQ(certificate.commonName, "last");
    EXPECT_EQ(parsed({.name = tlv(0x30, Bytes{})}).subject, "");
}

TEST(OddNumbers, AreHexOfTheirMagnitude)
{
    const auto serial = [](const char* content) { return parsed({.serial = tlv(0x02, fromHex(content))}).serial; };
    EXPECT_EQ(serial("00"), "00");
    EXPECT_EQ(serial("0a"), "0a");
    EXPECT_EQ(serial("00f1e2"), "f1e2");
    EXPECT_EQ(serial("ff"), "-01");
    EXPECT_EQ(serial("8000"), "-8000");
    for (const char* content : {"00", "0a", "00f1e2", "ff", "8000", "ff7f"})
        EXPECT_EQ(numberText(ByteView(fromHex(content))), serial(content))
            << "a CRL's numbers must be spelt as a certificate's";
}

TEST(OddDates, AreReadOrCalledUnreadable)
{
    const auto notAfter = [](std::uint8_t type, std::string_view text) {
        const Certificate certificate = parsed({.notAfter = tlv(type, bytesOf(text))});
        return certificate.hasReadableDates ? rfc3339(certificate.notAfter) : "unreadable";
    };
    EXPECT_EQ(notAfter(0x17, "491231235959Z"), "2049-12-31T23:59:59Z");
    EXPECT_EQ(notAfter(0x17, "500101000000Z"), "1950-01-01T00:00:00Z");
    EXPECT_EQ(notAfter(0x18, "99991231235959Z"), "9999-12-31T23:59:59Z");
    EXPECT_EQ(notAfter(0x18, "00000101000000Z"), "0000-01-01T00:00:00Z");
    EXPECT_EQ(notAfter(0x18, "20300229000000Z"), "unreadable");
    EXPECT_EQ(notAfter(0x18, "garbage"), "unreadable");
    EXPECT_EQ(notAfter(0x17, ""), "unreadable");
    EXPECT_EQ(notAfter(0x18, std::string_view("2030\0000101000000Z", 17)), "unreadable");

    const Certificate unreadable = parsed({.notAfter = tlv(0x18, bytesOf("garbage"))});
    EXPECT_TRUE(toJson(unreadable, false, "")["not_after"].is_null());
    for (const Time at : {Time{}, hostTime(), unreadable.notBefore, unreadable.notAfter})
        EXPECT_FALSE(unreadable.notBefore <= at && at <= unreadable.notAfter) << "never valid";
}

TEST(OddExtensions, NeverHideTheRestOfACertificate)
{
    const Bytes names = extension("0603551d11", tlv(0x30, {tlv(0x82, bytesOf(std::string_view("a\0b", 3))),
                                                           tlv(0x82, bytesOf("\xFF")), tlv(0x87, fromHex("0a000001")),
                                                           tlv(0x87, fromHex("0a0000")), tlv(0x87, Bytes(16, 0))}));
    const Certificate certificate = parsed({.extensions = names});
    EXPECT_EQ(certificate.dnsNames, (std::vector<std::string>{std::string("a\0b", 3), "\uFFFD"}));
    EXPECT_EQ(certificate.ipAddresses, (std::vector<std::string>{"10.0.0.1", "#0a0000", "::"}));
    EXPECT_TRUE(parsed({.extensions = repeated(names, 2)}).dnsNames.empty())
        << "twice the same extension: which one holds is anybody's guess";
    EXPECT_EQ(parsed({.extensions = extension("0603551d11", bytesOf("garbage"))}).subject, "CN=odd");
    const Certificate purposes = parsed({.extensions = extension("0603551d25", bytesOf("garbage"))});
    EXPECT_TRUE(purposes.hasExtendedKeyUsage) << "unreadable purposes allow nothing rather than all";
    EXPECT_TRUE(purposes.extendedKeyUsage.empty());
}

TEST(Addresses, AreWrittenAsRfc5952Says)
{
    const auto text = [](const char* address) { return ipText(ByteView(fromHex(address))); };
    EXPECT_EQ(text("c0000201"), "192.0.2.1");
    EXPECT_EQ(text("00000000000000000000000000000001"), "::1");
    EXPECT_EQ(text("20010db8000000000001000000000001"), "2001:db8::1:0:0:1");
    EXPECT_EQ(text("20010db8000100010001000100010000"), "2001:db8:1:1:1:1:1:0");
    EXPECT_EQ(text("fe800000000000000000000000000000"), "fe80::");
}

TEST(TextForms, SurviveARoundTrip)
{
    for (std::size_t size = 0; size < 200; ++size) {
        Bytes bytes(size);
        for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<std::uint8_t>(i * 37 + size);
        const std::string text = pemText("X", bytes);
        const auto block = PemReader(viewOf(text)).next();
        ASSERT_TRUE(block);
        EXPECT_EQ(block->der, bytes);
        EXPECT_EQ(block->label, "X");
    }
    EXPECT_FALSE(bytesFromBase64("A"));
    EXPECT_FALSE(bytesFromBase64("AA=A"));
    EXPECT_FALSE(bytesFromBase64("A-A="));
    EXPECT_EQ(bytesFromBase64("QUI"), bytesOf("AB")) << "missing padding is forgiven";
}

}  // namespace
}  // namespace monban
