// SPDX-License-Identifier: MIT
#include "core/base/left_thread.h"

#include <gtest/gtest.h>

#include <atomic>
#include <memory>

namespace monban {
namespace {

TEST(LeftThread, OneThatAnswersLaterIsJoinedByTheNextCall)
{
    struct State {
        std::atomic<bool> mayGoOn = false, hasAnswered = false;
    };
    auto state = std::make_shared<State>();
    const std::weak_ptr<State> kept = state;
    joinOrLeave(std::thread([state] {
                    state->mayGoOn.wait(false);
                    state->hasAnswered = true;
                    state->hasAnswered.notify_all();
                }),
                [state] { return state->hasAnswered.load(); });
    joinOrLeave(std::thread([] {}), [] { return true; });
    state->mayGoOn = true;
    state->mayGoOn.notify_all();
    state->hasAnswered.wait(false);
    state.reset();
    EXPECT_FALSE(kept.expired()) << "it is kept as long as nobody looks";
    joinOrLeave(std::thread([] {}), [] { return true; });
    EXPECT_TRUE(kept.expired());
}

}  // namespace
}  // namespace monban
