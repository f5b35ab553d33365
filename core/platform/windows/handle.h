// SPDX-License-Identifier: MIT
#pragma once
#include <windows.h>

#include <memory>
#include <type_traits>

namespace monban::windows {

struct CloseHandleOf {
    void operator()(HANDLE handle) const { ::CloseHandle(handle); }
};
/// A kernel object that is closed when its owner goes; nothing for a call that failed, whichever way it says so.
using Handle = std::unique_ptr<std::remove_pointer_t<HANDLE>, CloseHandleOf>;
inline Handle handleOf(HANDLE handle) { return Handle(handle == INVALID_HANDLE_VALUE ? nullptr : handle); }

struct FreeLocalOf {
    void operator()(void* memory) const { ::LocalFree(memory); }
};
/// What Windows hands out with LocalAlloc: descriptors, identifiers, texts.
using LocalMemory = std::unique_ptr<void, FreeLocalOf>;

}  // namespace monban::windows
