// SPDX-License-Identifier: MIT
// Runs the fuzz target over mutations of the files in tests/data/pki, the same ones every time.
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <random>

#include "core/base/file.h"
#include "tests/support/source_folder.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace monban {
namespace {

const char* const kSeeds[] = {"modern.p12",  "legacy.p12", "nomac.p12",  "plain.p12", "leaf.der",
                              "request.der", "reply.p7b",  "bundle.pem", "list.crl"};

/// Changes as damage, bad programs and attackers make them; lengths and tags get values that matter to ASN.1.
class Mutator {
public:
    explicit Mutator(std::uint32_t seed) : m_random(seed) {}

    Bytes changed(Bytes bytes, const std::vector<Bytes>& others)
    {
        for (std::size_t i = below(4) + 1; i > 0 && !bytes.empty(); --i) changeOnce(bytes, others);
        return bytes;
    }

private:
    std::size_t below(std::size_t limit) { return m_random() % limit; }

    void changeOnce(Bytes& bytes, const std::vector<Bytes>& others)
    {
        constexpr std::uint8_t kTelling[] = {0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x0A, 0x0C, 0x1E, 0x24,
                                             0x30, 0x31, 0x7F, 0x80, 0x81, 0x82, 0x84, 0x88, 0xA0, 0xFF};
        const std::size_t at = below(bytes.size());
        switch (below(8)) {
            case 0:
                bytes[at] ^= static_cast<std::uint8_t>(1u << below(8));
                break;
            case 1:
                bytes[at] = kTelling[below(std::size(kTelling))];
                break;
            case 2:
                bytes[at] = static_cast<std::uint8_t>(m_random());
                break;
            case 3:
                bytes.resize(at);
                break;
            case 4:
                bytes.erase(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                            bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), at + 1 + below(16))));
                break;
            case 5: {
                const Bytes piece(
                    bytes.begin() + static_cast<std::ptrdiff_t>(at),
                    bytes.begin() + static_cast<std::ptrdiff_t>(std::min(bytes.size(), at + 1 + below(64))));
                insert(bytes, below(bytes.size()), piece);
                break;
            }
            case 6: {
                const Bytes& other = others[below(others.size())];
                const std::size_t from = below(other.size());
                insert(bytes, at,
                       Bytes(other.begin() + static_cast<std::ptrdiff_t>(from),
                             other.begin() + static_cast<std::ptrdiff_t>(std::min(other.size(), from + below(300)))));
                break;
            }
            default:
                for (std::size_t i = at; i < std::min(bytes.size(), at + 1 + below(8)); ++i)
                    bytes[i] = kTelling[below(std::size(kTelling))];
        }
    }

    static void insert(Bytes& bytes, std::size_t at, const Bytes& piece)
    {
        bytes.insert(bytes.begin() + static_cast<std::ptrdiff_t>(at), piece.begin(), piece.end());
    }

    std::mt19937 m_random;
};

class Mutations : public ::testing::TestWithParam<const char*> {};

TEST_P(Mutations, NeverCrashHangOrGiveInvalidText)
{
    std::vector<Bytes> seeds;
    for (const char* name : kSeeds)
        seeds.push_back(readFile(fs::path(support::kSourceFolder) / "tests/data/pki" / name).operator*());
    const Bytes original = *readFile(fs::path(support::kSourceFolder) / "tests/data/pki" / GetParam());
    ASSERT_FALSE(original.empty());
    Mutator mutator(20260101);
    for (int i = 0; i < 600; ++i) {
        const Bytes input = mutator.changed(original, seeds);
        const auto begin = std::chrono::steady_clock::now();
        LLVMFuzzerTestOneInput(input.data(), input.size());
        ASSERT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10)) << "mutation " << i;
    }
    for (std::size_t size = 0; size < original.size(); size += 7) LLVMFuzzerTestOneInput(original.data(), size);
}

INSTANTIATE_TEST_SUITE_P(OfFiles, Mutations, ::testing::ValuesIn(kSeeds), [](const auto& parameter) {
    std::string text = parameter.param;
    std::ranges::replace(text, '.', '_');
    return text;
});

}  // namespace
}  // namespace monban
