// SPDX-License-Identifier: MIT
#pragma once
#include <wx/app.h>

#include <functional>
#include <memory>
#include <stop_token>
#include <thread>

#include "core/base/result.h"

namespace monban::wizard {

/// One piece of work away from the window's thread, owned by the window that asked for it. Destroying the owner asks the
/// work to stop and waits; its result is then dropped. Exceptions end here: one that escapes arrives as an Error.
class Background {
public:
    /// work runs on a thread of its own and touches no window; done runs on the window's thread.
    template <class T>
    void start(std::function<Result<T>(std::stop_token)> work, std::function<void(const Result<T>&)> done)
    {
        // A shared token, not a wxWeakRef: copying one of those on another thread edits the window's list without a lock.
        const std::weak_ptr<int> owner = m_alive;
        m_thread = std::jthread([owner, work = std::move(work), done = std::move(done)](const std::stop_token& stop) {
            const auto result = std::make_shared<const Result<T>>(guarded<T>(work, stop));
            wxTheApp->CallAfter([owner, done, result] {
                if (!owner.expired()) done(*result);
            });
        });
    }
    void cancel() { m_thread.request_stop(); }

private:
    template <class T, class Work>
    static Result<T> guarded(const Work& work, const std::stop_token& stop)
    {
        try {
            return work(stop);
        } catch (const std::exception& error) {
            return Error{ErrorCode::Unexpected, {tr("Something unexpected went wrong: {0}"), {error.what()}}, error.what()};
        }
    }

    std::shared_ptr<int> m_alive = std::make_shared<int>();
    std::jthread m_thread;  // last: joined before m_alive goes
};

}  // namespace monban::wizard
