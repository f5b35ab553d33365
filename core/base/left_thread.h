// SPDX-License-Identifier: MIT
#pragma once
#include <functional>
#include <thread>

namespace monban {

/// Waits for a thread that has given its answer. One that has not is left to itself and must own everything it touches; it is waited
/// for by a later call that finds it has answered after all, so that what was left never grows by more than what still hangs.
/// hasAnswered is asked now and later, from any thread.
///
/// No thread of ours is ever detached: where one ends at the moment in which it is detached, mingw-w64's winpthreads (10.0) puts its
/// memory into the pool twice, and two later threads share it (seen as a crash, a hang or a call to terminate).
void joinOrLeave(std::thread thread, std::function<bool()> hasAnswered);

}  // namespace monban
