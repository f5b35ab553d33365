// SPDX-License-Identifier: MIT
#pragma once
#include <wx/timer.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "app/wizard/frame.h"
#include "core/base/result.h"
#include "core/base/utf8.h"

namespace monban::wizard {

/// Walks the standard set-up by itself on a practice server of its own, doing what a person would do with the controls,
/// and saves a picture of every page before and after what it runs.
class Tour {
public:
    /// Makes the folder for the pictures, and a temporary practice server where none is named: one that is stays as the tour
    /// leaves it. Errors: Denied, Io.
    static Result<std::unique_ptr<Tour>> create(const fs::path& pictures, const fs::path& server);
    ~Tour();

    const fs::path& serverFolder() const { return m_server; }
    /// ended: with the exit code, 0 when every picture was saved.
    void start(Frame& frame, Session& session, std::function<void(int)> ended);

private:
    struct Stop {
        std::function<void()> act;
        std::function<bool()> isReached;
        std::string picture;  ///< the page's word; empty: none is taken
    };
    Tour(fs::path pictures, fs::path server, bool isOwnServer);
    void plan();
    void press(const char* name);
    void addRun(const std::string& word);
    void tick();
    bool save(const std::string& word);
    void end(const std::string& problem);
    void type(const char* name, const std::string& text);
    void typePassword(const char* name);
    void tick(const char* name);
    std::string ca(const char* file) const;

    fs::path m_pictures;
    fs::path m_server;
    bool m_isOwnServer;  ///< made for the tour, and removed after it
    Frame* m_frame = nullptr;
    Session* m_session = nullptr;
    std::function<void(int)> m_ended;
    std::vector<Stop> m_stops;
    std::size_t m_at = 0;
    bool m_hasActed = false;
    int m_settled = 0;
    int m_number = 0;
    std::chrono::steady_clock::time_point m_since;
    wxTimer m_timer;
};

}  // namespace monban::wizard
