// SPDX-License-Identifier: MIT
#include "core/base/left_thread.h"

#include <mutex>
#include <vector>

namespace monban {
namespace {

struct Left {
    std::thread thread;
    std::function<bool()> hasAnswered;
};

}  // namespace

void joinOrLeave(std::thread thread, std::function<bool()> hasAnswered)
{
    static std::mutex mutex;
    // Never destroyed, as a thread in it may go on until the process ends.
    static auto& left = *new std::vector<Left>;
    const std::lock_guard guard(mutex);
    left.push_back({std::move(thread), std::move(hasAnswered)});
    std::erase_if(left, [](Left& one) {
        if (!one.hasAnswered()) return false;
        one.thread.join();
        return true;
    });
}

}  // namespace monban
