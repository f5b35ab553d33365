// SPDX-License-Identifier: MIT
// The rows of renewal.tsv, played by commands of the practice server and by what stands for http.sys's native calls.
#include "tests/core/truth/renewal_rows.h"

namespace monban::practice {
namespace {

class Renewal : public PracticeFolder {};

TEST_F(Renewal, LeavesOfARecordWhatTheTableSays)
{
    FolderStage stage(backend(), m_folder);
    EXPECT_EQ(RenewalRows(stage).playAll({}), 14u);
}

}  // namespace
}  // namespace monban::practice
