# SPDX-License-Identifier: MIT
"""The help topics of one language as one page that opens in a browser: of Markdown, what the topics use."""
import html
import pathlib
import re

ORDER = ["start", "certificate", "root", "import", "trust", "bind", "require", "verify", "finish", "renew", "drift", "remove", "retire",
         "undo", "troubleshoot"]
TITLES = {"en": "Monban: help", "ja": "Monban ヘルプ"}
STYLE = """body { font: 16px/1.6 "Segoe UI", "Yu Gothic UI", Meiryo, sans-serif; max-width: 46em; margin: 2em auto; padding: 0 1em; color: #1b1b1b; }
h1 { margin-top: 2.5em; border-bottom: 2px solid #14365c; } code { font-family: Consolas, monospace; }
pre { background: #f2f5f9; padding: .8em; overflow-x: auto; }"""


def _spans(text):
    text = html.escape(text, quote=False)
    return re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", re.sub(r"`([^`]*)`", r"<code>\1</code>", text))


def _body(text, word):
    out, open_list, code = [], None, None
    for line in text.splitlines():
        if line.startswith("```"):
            if code is None:
                code = []
            else:
                out.append("<pre><code>" + html.escape("\n".join(code), quote=False) + "</code></pre>")
                code = None
            continue
        if code is not None:
            code.append(line)
            continue
        item = re.match(r"(?:(-)|\d+\.) (.*)", line)
        wanted = ("ul" if item[1] else "ol") if item else None
        if wanted != open_list:
            if open_list:
                out.append(f"</{open_list}>")
            if wanted:
                out.append(f"<{wanted}>")
            open_list = wanted
        heading = re.match(r"(#+) (.*)", line)
        if heading:
            level, name = len(heading[1]), f' id="{word}"' if len(heading[1]) == 1 else ""
            out.append(f"<h{level}{name}>{_spans(heading[2])}</h{level}>")
        elif item:
            out.append(f"<li>{_spans(item[2])}</li>")
        elif line.strip():
            out.append(f"<p>{_spans(line)}</p>")
    if open_list:
        out.append(f"</{open_list}>")
    return "\n".join(out)


def page(folder, language):
    topics = {path.name.split(".")[0]: path.read_text(encoding="utf-8") for path in pathlib.Path(folder).glob(f"*.{language}.md")}
    words = sorted(topics, key=lambda word: (ORDER.index(word) if word in ORDER else len(ORDER), word))
    heads = "\n".join(f'<li><a href="#{word}">{_spans(topics[word].splitlines()[0].lstrip("# "))}</a></li>' for word in words)
    bodies = "\n".join(_body(topics[word], word) for word in words)
    return (f'<!doctype html>\n<html lang="{language}">\n<meta charset="utf-8">\n<title>{TITLES[language]}</title>\n<style>\n{STYLE}\n</style>\n'
            f"<ul>\n{heads}\n</ul>\n{bodies}\n</html>\n")
