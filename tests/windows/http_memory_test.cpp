// SPDX-License-Identifier: MIT
// Many random records through the declarations of both sides: ours, and the stand-in's, which knows nothing of ours.
#include <winsock2.h>

#include <windows.h>

#include <gtest/gtest.h>

#include "core/platform/windows/http_api.h"
#include "core/platform/windows/http_records.h"
#include "tests/windows/lab/httpapi/record_structures.h"
#include "tests/windows/random_records.h"

namespace monban::windows {
namespace {

/// The stand-in's structures over a list in memory, for more records than its file takes in a reasonable time.
class ApiInMemory final : public HttpApi {
public:
    explicit ApiInMemory(std::vector<SslRecord>& records) : m_records(records) {}

    ULONG query(ULONG id, void* query, ULONG size, void* answer, ULONG room, ULONG& needed) override
    {
        const auto question = lab::questionFrom(id, query, size);
        if (!question) return ERROR_INVALID_PARAMETER;
        const auto found = question->endpoint ? at(id, *question->endpoint) : std::ranges::find_if(m_records, [&, left = question->token](const auto& one) mutable {
            return lab::isOfFamily(one, id) && left-- == 0;
        });
        if (found == m_records.end()) return question->endpoint ? ERROR_FILE_NOT_FOUND : ERROR_NO_MORE_ITEMS;
        needed = lab::answerSize(id, *found);
        if (room < needed) return ERROR_INSUFFICIENT_BUFFER;
        return lab::writeAnswer(id, *found, answer) ? NO_ERROR : ERROR_FILE_CORRUPT;
    }
    ULONG set(ULONG id, void* record, ULONG size) override
    {
        const auto given = lab::recordFrom(id, record, size);
        if (!given) return ERROR_INVALID_PARAMETER;
        if (at(id, given->endpoint) != m_records.end()) return ERROR_ALREADY_EXISTS;
        m_records.push_back(*given);
        return NO_ERROR;
    }
    ULONG remove(ULONG id, void* record, ULONG size) override
    {
        const auto endpoint = lab::endpointFrom(id, record, size);
        const auto found = endpoint ? at(id, *endpoint) : m_records.end();
        if (found == m_records.end()) return ERROR_FILE_NOT_FOUND;
        m_records.erase(found);
        return NO_ERROR;
    }
    std::optional<ULONG> update(ULONG, void*, ULONG) override { return std::nullopt; }

private:
    std::vector<SslRecord>::iterator at(ULONG id, const std::string& endpoint)
    {
        return std::ranges::find_if(m_records, [&](const SslRecord& one) { return lab::isOfFamily(one, id) && one.endpoint == endpoint; });
    }
    std::vector<SslRecord>& m_records;
};

TEST(HttpRecordsInMemory, TakesTwelveThousandRecordsOfAllFamiliesThereAndBack)
{
    Dice dice(1);
    for (int batch = 0; batch < 120; ++batch) {
        std::vector<SslRecord> kept;
        const HttpRecords http(std::make_unique<ApiInMemory>(kept));
        auto wanted = randomRecords(dice, 100);
        for (SslRecord& record : wanted) {
            // Put twice, so that each also takes the place of another.
            SslRecord before = randomRecord(dice);
            before.family = record.family;
            before.endpoint = record.endpoint;
            const auto first = http.put(before);
            ASSERT_TRUE(first) << first.error().detail;
            const auto put = http.put(record);
            ASSERT_TRUE(put) << put.error().detail;
        }
        ASSERT_EQ(kept, wanted);
        const auto read = http.all();
        ASSERT_TRUE(read) << read.error().detail;
        ASSERT_EQ(*read, byFamily(wanted));
        for (const SslRecord& record : wanted) ASSERT_TRUE(http.remove(record.family, record.endpoint));
        ASSERT_TRUE(kept.empty());
    }
}

}  // namespace
}  // namespace monban::windows
