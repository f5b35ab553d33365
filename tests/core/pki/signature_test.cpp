// SPDX-License-Identifier: MIT
#include "core/pki/signature.h"

#include <algorithm>

#include "core/pki/certificate.h"
#include "tests/core/pki/tools.h"

namespace monban {
namespace {

class SignatureOfOpenssl : public testing::Tools {
protected:
    Bytes publicKey(const std::string& name)
    {
        const auto parsed = parseCertificate(file(name + ".pem"));
        EXPECT_TRUE(parsed) << name;
        return parsed ? parsed->publicKeyDer : Bytes();
    }
    /// Each number of an ECDSA signature's DER as 32 bytes.
    Bytes twoNumbers(const std::string& name)
    {
        Bytes numbers;
        for (const char* which : {"1", "2"}) {
            std::string digits = run("openssl asn1parse -inform DER -in " + name + " | sed -n 's/.*INTEGER *://p' | sed -n " + which + "p");
            digits.insert(0, 64 - std::min<std::size_t>(digits.size(), 64), '0');
            const auto bytes = bytesFromHex(digits);
            EXPECT_TRUE(bytes) << digits;
            if (bytes) numbers.insert(numbers.end(), bytes->begin(), bytes->end());
        }
        return numbers;
    }
};

TEST_F(SignatureOfOpenssl, FitsOnlyTheKeyDataAndHashItWasMadeFor)
{
    write("data", viewOf("forty-two bytes or so, which nobody guessed"));
    write("other", viewOf("forty-two bytes or so, which somebody did."));
    for (const bool ec : {false, true}) {
        SCOPED_TRACE(ec);
        newKey = ec ? "-newkey ec -pkeyopt ec_paramgen_curve:P-256" : "-newkey rsa:2048";
        makeSelfSigned("a", "/CN=a");
        makeSelfSigned("b", "/CN=b");
        for (const auto& [name, hash] : {std::pair("sha1", SignatureHash::Sha1), std::pair("sha256", SignatureHash::Sha256)}) {
            SCOPED_TRACE(name);
            run(std::string("openssl dgst -") + name + " -sign a.key -out signature data");
            const Bytes signature = ec ? twoNumbers("signature") : file("signature");
            const Bytes own = publicKey("a");
            const Bytes foreign = publicKey("b");
            EXPECT_TRUE(signatureFits(own, file("data"), signature, hash));
            EXPECT_FALSE(signatureFits(foreign, file("data"), signature, hash));
            EXPECT_FALSE(signatureFits(own, file("other"), signature, hash));
            EXPECT_FALSE(signatureFits(own, file("data"), signature, hash == SignatureHash::Sha1 ? SignatureHash::Sha256 : SignatureHash::Sha1));
            EXPECT_FALSE(signatureFits(own, file("data"), ByteView(signature).first(signature.size() - 1), hash));
            EXPECT_FALSE(signatureFits(own, file("data"), {}, hash));
            EXPECT_FALSE(signatureFits(viewOf("no key"), file("data"), signature, hash));
        }
    }
}

}  // namespace
}  // namespace monban
