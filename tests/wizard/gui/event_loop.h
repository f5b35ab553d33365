// SPDX-License-Identifier: MIT
#pragma once
#include <chrono>
#include <functional>
#include <optional>
#include <string>

namespace monban::wizard {

/// Lets the window live until that is so; false: it did not become so in time.
bool waitUntil(const std::function<bool()>& isReached, std::chrono::milliseconds limit = std::chrono::seconds(30));
/// Lets it live for that long.
void waitFor(std::chrono::milliseconds time);

/// What the person says to the next box: the file that is chosen, or the button. A box nobody expects fails the test and is
/// closed.
struct BoxAnswer {
    int button = 0;     ///< wxID_OK, wxID_YES …
    std::string file;   ///< UTF-8; of the dialog that asks for one
};
void answerNextBox(BoxAnswer answer);
/// True when the box that was to be answered has come.
bool boxHasCome();

}  // namespace monban::wizard
