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
    built: str = ""  # its folder in build/windows-libraries.cmake; without one it is the package's own file that is linked
    place: int = 0   # where the version stands in the name of a folder that holds several
    within: tuple = PROGRAMS
    cpe: str = ""    # vendor:product, by which scanners know its vulnerabilities
    terms: tuple = ()  # of /usr/share/common-licenses, where the copyright file only names them


PARTS = (
    Part("Boost", "BSL-1.0", "https://www.boost.org/", "libboost1.81-dev", "boost", cpe="boost:boost"),
    Part("CLI11", "BSD-3-Clause", "https://github.com/CLIUtils/CLI11", "libcli11-dev", "headers", 1, (CONSOLE,)),
    Part("GCC runtime", "GPL-3.0-or-later WITH GCC-exception-3.1", "https://gcc.gnu.org/", "gcc-mingw-w64-x86-64-posix", cpe="gnu:gcc",
         terms=("GPL-3",)),
    Part("libpng", "libpng-2.0", "http://www.libpng.org/", "libpng-dev", "png", within=(WIZARD,), cpe="libpng:libpng"),
    Part("mingw-w64 runtime", "ZPL-2.1 AND MIT", "https://www.mingw-w64.org/", "mingw-w64-x86-64-dev", cpe="mingw-w64:mingw-w64"),
    Part("nghttp2", "MIT", "https://nghttp2.org/", "libnghttp2-dev", "nghttp2", cpe="nghttp2:nghttp2"),
    Part("nlohmann-json", "MIT", "https://json.nlohmann.me/", "nlohmann-json3-dev", "headers", 0),
    Part("NSIS", "Zlib AND CPL-1.0", "https://nsis.sourceforge.io/", "nsis", within=(SETUP,), cpe="nullsoft:nullsoft_scriptable_install_system"),
    Part("OpenSSL", "Apache-2.0", "https://www.openssl.org/", "libssl-dev", "openssl", cpe="openssl:openssl", terms=("Apache-2.0",)),
    Part("pugixml", "MIT", "https://pugixml.org/", "libpugixml-dev", "pugixml", cpe="pugixml_project:pugixml"),
    Part("wxWidgets", "LGPL-2.0-or-later WITH WxWindows-exception-3.1", "https://www.wxwidgets.org/", "libwxgtk3.2-dev", "wx", within=(WIZARD,),
         cpe="wxwidgets:wxwidgets", terms=("LGPL-2",)),
    Part("zlib", "Zlib", "https://zlib.net/", "libz-mingw-w64-dev", within=(WIZARD,), cpe="zlib:zlib"),
)


def _package(name, field):
    return subprocess.run(["dpkg-query", "-W", "-f", "${%s}" % field, name], check=True, capture_output=True, text=True).stdout


def version(part, root):
    """Of a library that was built here, what its folder says: the installed package may be a newer one by now."""
    if part.built:
        listed = (pathlib.Path(root) / "build/windows-libraries.cmake").read_text()
        found = re.search(rf"/{part.built}-(\S+)-[0-9a-f]{{12}}\"", listed)
        if not found:
            raise SystemExit(f"package: {part.name} is not in build/windows-libraries.cmake: run  sh installer/dependencies.sh")
        text = found[1]
        if part.built == "headers":
            text = text.split("-")[part.place]
    elif part.name == "GCC runtime":
        text = _package(part.debian, "Version")  # the source package counts its own packaging
    else:
        text = _package(part.debian, "source:Version")
    return re.sub(r"\+dfsg.*|\+ds.*|-[^-]*$", "", text)


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
