// SPDX-License-Identifier: MIT
// Every row of tests/data/truth/commands.tsv on a practice server: each build and language it names.
#include "tests/core/practice/command_rows.h"

namespace monban::practice {
namespace {

class CommandsTruth : public PracticeFolder {};

TEST_F(CommandsTruth, EveryRowHolds)
{
    FolderStage stage(backend(), m_folder);
    EXPECT_GT(CommandRows(stage).playAll(CommandRows::Runs::All, {}), 300u);
}

}  // namespace
}  // namespace monban::practice
