# SPDX-License-Identifier: MIT
"""What the programs and the setup are made of besides our own code: the one list behind licences and SBOM."""
import dataclasses
import pathlib
import re
import subprocess

CONSOLE, WIZARD, SETUP = "monban.exe", "monban-wizard.exe", "setup"
PROGRAMS = (CONSOLE, WIZARD)


@dataclasses.dataclass(frozen=True)
class Part:
    name: str
    licence: str     # an SPDX expression
    home: str
    debian: str      # the package whose copyright file tells the licence
    header: str = ""  # where the version stands, below one of the folders the programs were built with
    macros: tuple = ()  # what it is called there: one text, or number by number; without them the package's version counts
    within: tuple = PROGRAMS
    cpe: str = ""    # vendor:product, by which scanners know its vulnerabilities
    terms: tuple = ()  # of /usr/share/common-licenses, where the copyright file only names them


PARTS = (
    Part("Boost", "BSL-1.0", "https://www.boost.org/", "libboost1.81-dev", "include/boost-*/boost/version.hpp", ("BOOST_LIB_VERSION",), cpe="boost:boost"),
    Part("CLI11", "BSD-3-Clause", "https://github.com/CLIUtils/CLI11", "libcli11-dev", "include/CLI/Version.hpp", ("CLI11_VERSION",), (CONSOLE,)),
    Part("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org/", "gcc-mingw-w64-x86-64-posix", cpe="gnu:gcc",
         terms=("GPL-3",)),
    Part("libpng", "libpng-2.0", "http://www.libpng.org/", "libpng-dev", "include/png.h", ("PNG_LIBPNG_VER_STRING",), (WIZARD,), "libpng:libpng"),
    # Its own, winpthreads' (MIT and BSD) and gdtoa's (Lucent's, which SPDX knows as SML/NJ's).
    Part("mingw-w64 runtime", "ZPL-2.1 AND MIT AND BSD-3-Clause AND SMLNJ", "https://www.mingw-w64.org/", "mingw-w64-x86-64-dev", "include/_mingw_mac.h",
         ("__MINGW64_VERSION_MAJOR", "__MINGW64_VERSION_MINOR", "__MINGW64_VERSION_BUGFIX"), cpe="mingw-w64:mingw-w64"),
    Part("nghttp2", "MIT", "https://nghttp2.org/", "libnghttp2-dev", "include/nghttp2/nghttp2ver.h", ("NGHTTP2_VERSION",), cpe="nghttp2:nghttp2"),
    Part("nlohmann-json", "MIT", "https://json.nlohmann.me/", "nlohmann-json3-dev", "include/nlohmann/**/*.hpp",
         ("NLOHMANN_JSON_VERSION_MAJOR", "NLOHMANN_JSON_VERSION_MINOR", "NLOHMANN_JSON_VERSION_PATCH")),
    Part("NSIS", "Zlib AND CPL-1.0", "https://nsis.sourceforge.io/", "nsis", within=(SETUP,), cpe="nullsoft:nullsoft_scriptable_install_system"),
    Part("OpenSSL", "Apache-2.0", "https://www.openssl.org/", "libssl-dev", "include/openssl/opensslv.h", ("OPENSSL_VERSION_STR",), cpe="openssl:openssl",
         terms=("Apache-2.0",)),
    Part("pugixml", "MIT", "https://pugixml.org/", "libpugixml-dev", "include/pugixml.hpp", ("PUGIXML_VERSION",)),
    Part("wxWidgets", "LGPL-2.0-or-later WITH WxWindows-exception-3.1", "https://www.wxwidgets.org/", "libwxgtk3.2-dev", "include/**/wx/version.h",
         ("wxMAJOR_VERSION", "wxMINOR_VERSION", "wxRELEASE_NUMBER"), (WIZARD,), "wxwidgets:wxwidgets", ("LGPL-2",)),
    Part("zlib", "Zlib", "https://zlib.net/", "libz-mingw-w64-dev", "include/zlib.h", ("ZLIB_VERSION",), (WIZARD,), "zlib:zlib"),
)


def version(part, root):
    """As the headers say that the programs were built with. The package of this machine may be another version than what
    was built from its source, and neither would notice."""
    if not part.macros:
        text = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", part.debian], check=True, capture_output=True, text=True).stdout
        return re.match(r"[0-9.]+", text)[0]
    listed = pathlib.Path(root) / "build/windows-libraries.cmake"
    if not listed.exists():
        raise SystemExit("package: the libraries of the programs are not there yet: run  sh installer/dependencies.sh")
    folders = [*re.findall(r'"(/[^"]+)"', listed.read_text()), "/usr/x86_64-w64-mingw32"]
    for header in (path for folder in folders for path in sorted(pathlib.Path(folder).glob(part.header))):
        text = header.read_text(encoding="utf-8", errors="replace")
        found = [re.search(rf'^[ \t]*#[ \t]*define[ \t]+{macro}[ \t]+"?([0-9][0-9._]*)', text, re.M) for macro in part.macros]
        if all(found):
            # Boost says 1_81 and means 1.81.0.
            numbers = [match[1].replace("_", ".") + (".0" if match[1].count("_") == 1 else "") for match in found]
            # pugixml says 1130 for 1.13.0.
            return re.sub(r"^(\d)(\d\d)(\d)$", lambda m: f"{m[1]}.{int(m[2])}" + (f".{m[3]}" if m[3] != "0" else ""), ".".join(numbers))
    raise SystemExit(f"package: no header says which {part.name} it is")


def licence_text(part):
    text = pathlib.Path(f"/usr/share/doc/{part.debian}/copyright").read_text(encoding="utf-8")
    if part.name == "Boost":
        # Which of its 2,000 files is by whom: its licence asks for that beside source code alone. What is under another one stays.
        paragraphs = text.split("\n\n")
        text = "\n\n".join(p for p in paragraphs if not (p.startswith("Files:") and re.search(r"^License: BSL-1\.0$", p, re.M)))
    for name in part.terms:
        text += f"\n\n{'=' * 78}\n{name}\n{'=' * 78}\n" + pathlib.Path(f"/usr/share/common-licenses/{name}").read_text(encoding="utf-8")
    return text


def file_name(part):
    return part.name.replace(" ", "-") + ".txt"
