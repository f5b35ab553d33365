// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <thread>
#include <type_traits>
#include <utility>

namespace monban::windows {

/// What the function answers, or nothing once the time is over. A call into Windows cannot be ended from outside, so its
/// thread is then left to itself: the function must own everything it touches.
template <class Function>
auto within(std::chrono::milliseconds limit, Function function) -> std::optional<std::invoke_result_t<Function>>
{
    std::packaged_task<std::invoke_result_t<Function>()> task(std::move(function));
    auto answer = task.get_future();
    std::thread(std::move(task)).detach();
    if (answer.wait_for(limit) != std::future_status::ready) return std::nullopt;
    return answer.get();
}

}  // namespace monban::windows
