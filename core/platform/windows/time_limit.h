// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

#include "core/base/left_thread.h"

namespace monban::windows {

/// What the function answers, or nothing once the time is over. A call into Windows cannot be ended from outside, so its
/// thread is then left to itself: the function must own everything it touches.
template <class Function>
auto within(std::chrono::milliseconds limit, Function function) -> std::optional<std::invoke_result_t<Function>>
{
    std::packaged_task<std::invoke_result_t<Function>()> task(std::move(function));
    const auto answer = task.get_future().share();
    std::thread thread(std::move(task));
    const auto isReady = [answer](std::chrono::milliseconds time) { return answer.wait_for(time) == std::future_status::ready; };
    const bool isInTime = isReady(limit);
    joinOrLeave(std::move(thread), [isReady] { return isReady(std::chrono::milliseconds(0)); });
    if (!isInTime) return std::nullopt;
    return answer.get();
}

}  // namespace monban::windows
