// SPDX-License-Identifier: MIT
// How long one waits for the wizard: from the start of the process to its first page painted, against a program with an
// empty frame, turn by turn in one run so that both meet the same machine.
//   start_bench [--times N] [--at-most RATIO] [ARGUMENT-OF-THE-WIZARD...]
#include <wx/app.h>
#include <wx/ffile.h>
#include <wx/filename.h>
#include <wx/init.h>
#include <wx/stdpaths.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "tests/bench/first_paint.h"

namespace {

constexpr double kNanosecondsPerMillisecond = 1e6;

/// Milliseconds; below zero when the program did not paint.
double timeToFirstPaint(const wxString& program, const std::vector<wxString>& arguments)
{
    const wxString file = wxFileName::CreateTempFileName("first-paint");
    wxSetEnv(kFirstPaintFile, file);
    std::vector<wxString> command{program};
    command.insert(command.end(), arguments.begin(), arguments.end());
    std::vector<const wchar_t*> words;
    for (const wxString& word : command) words.push_back(word.wc_str());
    words.push_back(nullptr);
    const long long started = machineClock();
    const long code = wxExecute(words.data(), wxEXEC_SYNC | wxEXEC_NOEVENTS);
    wxString text;
    wxFFile reader(file);
    if (reader.IsOpened()) reader.ReadAll(&text);
    reader.Close();
    wxRemoveFile(file);
    long long painted = 0;
    if (code != 0 || !text.ToLongLong(&painted)) return -1;
    return static_cast<double>(painted - started) / kNanosecondsPerMillisecond;
}

double median(std::vector<double> times)
{
    std::ranges::sort(times);
    return times[times.size() / 2];
}

}  // namespace

int main(int argc, char** argv)
{
    const wxInitializer initializer(argc, argv);
    int times = 9;
    double atMost = 0;
    std::vector<wxString> arguments;
    for (int i = 1; i < argc; ++i) {
        const wxString word = wxString::FromUTF8(argv[i]);
        if (word == "--times" && i + 1 < argc) times = std::max(1, std::atoi(argv[++i]));
        else if (word == "--at-most" && i + 1 < argc) atMost = std::atof(argv[++i]);
        else arguments.push_back(word);
    }
    const wxFileName self(wxStandardPaths::Get().GetExecutablePath());
    const auto beside = [&self](const wxString& name) { return wxFileName(self.GetPath(), name, self.GetExt()).GetFullPath(); };
    std::vector<double> empty;
    std::vector<double> wizard;
    for (int i = 0; i <= times; ++i) {
        const double one = timeToFirstPaint(beside("empty_frame"), {});
        const double other = timeToFirstPaint(beside("wizard_start"), arguments);
        if (one < 0 || other < 0) {
            std::fprintf(stderr, "%s painted nothing\n", one < 0 ? "empty_frame" : "wizard_start");
            return 1;
        }
        if (i == 0) continue;  // which fills the caches
        empty.push_back(one);
        wizard.push_back(other);
    }
    const double ratio = median(wizard) / median(empty);
    std::printf("process start to first paint, median of %d: empty frame %.0f ms, wizard %.0f ms, ratio %.2f\n", times, median(empty), median(wizard), ratio);
    return atMost > 0 && ratio > atMost ? 1 : 0;
}
