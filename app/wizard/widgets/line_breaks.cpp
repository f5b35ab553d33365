// SPDX-License-Identifier: MIT
#include "app/wizard/widgets/line_breaks.h"

#include <algorithm>
#include <string_view>

namespace monban::wizard {
namespace {

/// Scripts that are written without blanks (from CJK radicals on, full-width forms included).
bool isIdeographic(wchar_t c) { return c >= 0x2E80; }

constexpr std::wstring_view kNotFirst = L"。、，．・：；？！」』）］｝〉》】〕ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮ々…‥,.:;?!)]}%";
constexpr std::wstring_view kNotLast = L"「『（［｛〈《【〔([{";

/// Whether a line may end before text[at].
bool mayBreakBefore(const std::wstring& text, std::size_t at)
{
    const wchar_t before = text[at - 1];
    const wchar_t after = text[at];
    if (before == L' ') return after != L' ';
    if (!isIdeographic(before) && !isIdeographic(after)) return false;
    return kNotFirst.find(after) == std::wstring_view::npos && kNotLast.find(before) == std::wstring_view::npos && after != L' ';
}

/// As many characters as fit, at least one.
std::size_t fitting(const std::wstring& text, int width, const std::function<int(const std::wstring&)>& measure)
{
    std::size_t low = 1;
    std::size_t high = text.size();
    while (low < high) {
        const std::size_t middle = (low + high + 1) / 2;
        if (measure(text.substr(0, middle)) <= width) low = middle;
        else high = middle - 1;
    }
    return low;
}

std::wstring brokenLine(std::wstring line, int width, const std::function<int(const std::wstring&)>& measure)
{
    std::wstring result;
    while (measure(line) > width) {
        const std::size_t most = fitting(line, width, measure);
        if (most >= line.size()) break;  // one character alone is wider than the line
        std::size_t at = most;
        while (at > 0 && !mayBreakBefore(line, at)) --at;
        if (at == 0) at = most;
        std::wstring first = line.substr(0, at);
        while (!first.empty() && first.back() == L' ') first.pop_back();
        result += first + L'\n';
        line.erase(0, at);
    }
    return result + line;
}

}  // namespace

std::wstring brokenToWidth(const std::wstring& text, int width, const std::function<int(const std::wstring&)>& measure)
{
    std::wstring result;
    for (std::size_t at = 0; at <= text.size();) {
        const std::size_t end = std::min(text.find(L'\n', at), text.size());
        if (at > 0) result += L'\n';
        result += brokenLine(text.substr(at, end - at), width, measure);
        at = end + 1;
    }
    return result;
}

}  // namespace monban::wizard
