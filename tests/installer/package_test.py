# SPDX-License-Identifier: MIT
"""What is handed out: complete, the same bytes every time, signed where it shall be, and honest about what is in it."""
import hashlib
import json
import os
import pathlib
import re
import shutil
import struct
import subprocess
import tempfile
import time
import unittest
import zipfile

import made

CHECKS = made.ROOT / "tests/windows"
# What the programs themselves say of the libraries in them. Boost, CLI11 and nlohmann-json leave no version.
EVIDENCE = {"OpenSSL": r"\0(3\.0\.[0-9]+)\0", "zlib": r"deflate ([0-9.]+) Copyright", "libpng": r"libpng version ([0-9.]+)"}


class Package(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = pathlib.Path(tempfile.mkdtemp(prefix="monban-package-"))
        cls.addClassCleanup(shutil.rmtree, cls.work, ignore_errors=True)
        with zipfile.ZipFile(made.portable()) as archive:
            cls.names = [entry.filename for entry in archive.infolist()]
            archive.extractall(cls.work)
        cls.folder = cls.work / f"Monban-{made.VERSION}"
        cls.programs = [cls.folder / name for name in made.PLACES]

    def test_the_checksums_are_those_of_the_files(self):
        done = subprocess.run(["sha256sum", "--strict", "-c", "SHA256SUMS"], cwd=made.MADE, capture_output=True, text=True, timeout=60)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        listed = {line.split()[1] for line in (made.MADE / "SHA256SUMS").read_text().splitlines()}
        self.assertEqual(listed, {path.name for path in (made.setup(), made.portable(), made.materials())})

    def test_it_is_as_small_as_was_promised(self):
        sizes = {path.name: path.stat().st_size for path in (made.setup(), made.portable(), *self.programs)}
        for name, size in sizes.items():
            print(f"{name}: {size / 1e6:.1f} MB")
        self.assertLess(sizes[made.setup().name], 12_000_000)

    def test_the_programs_start_on_a_bare_windows(self):
        joined = ";".join(map(str, self.programs))
        for arguments in ([f"-DOBJDUMP={os.environ['MONBAN_OBJDUMP']}", "-P", CHECKS / "check_imports.cmake"], ["-P", CHECKS / "check_manifest.cmake"]):
            done = subprocess.run(["cmake", f"-DPROGRAMS={joined}", *arguments], capture_output=True, text=True, timeout=60)
            self.assertEqual(done.returncode, 0, done.stderr)

    def test_the_programs_and_the_setup_say_who_they_are_in_both_languages(self):
        for path in [*self.programs, made.setup()]:
            data = path.read_bytes()
            for text in ("0409", "0411", f"ProductVersion\0{made.VERSION}\0", "MIT ライセンス"):
                self.assertTrue(text.encode("utf-16-le") in data, f"{text} is not in {path.name}")
        for path in self.programs:
            data = path.read_bytes()
            for text in ("クライアント証明書の設定", "AAA_MONBAN"):
                self.assertTrue(text.encode("utf-16-le") in data, f"{text} is not in {path.name}")

    def test_the_icon_has_every_size(self):
        icon = self.work / "monban.ico"
        subprocess.run(["sh", made.ROOT / "installer/icon.sh", icon], check=True, timeout=60)
        data = icon.read_bytes()
        _, kind, count = struct.unpack_from("<HHH", data)
        sizes = [data[6 + 16 * i] or 256 for i in range(count)]
        self.assertEqual((kind, sizes), (1, [16, 20, 24, 32, 48, 64, 256]))

    def test_help_and_readme_are_there_in_both_languages_and_every_topic_is_in_the_help(self):
        for language in ("en", "ja"):
            page = (self.folder / f"help-{language}.html").read_text(encoding="utf-8-sig")
            for topic in (made.ROOT / "resources/help").glob(f"*.{language}.md"):
                self.assertIn(f'<h1 id="{topic.name.split(".")[0]}">', page)
            self.assertNotIn("```", page)
            self.assertTrue((self.folder / f"readme-{language}.txt").exists())

    def test_the_bill_of_materials_names_every_part_and_file(self):
        bill = json.loads(made.materials().read_text())
        self.assertEqual((bill["spdxVersion"], bill["dataLicense"], bill["SPDXID"]), ("SPDX-2.3", "CC0-1.0", "SPDXRef-DOCUMENT"))
        self.assertRegex(bill["documentNamespace"], r"^https://[^#\s]+$")
        self.assertRegex(bill["creationInfo"]["created"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")
        self.assertTrue(all(re.match(r"(Tool|Organization|Person): ", who) for who in bill["creationInfo"]["creators"]))
        known = ["SPDXRef-DOCUMENT"] + [thing["SPDXID"] for thing in (*bill["packages"], *bill["files"])]
        self.assertEqual(len(known), len(set(known)))
        for name in known:
            self.assertRegex(name, r"^SPDXRef-[A-Za-z0-9.-]+$")
        for relation in bill["relationships"]:
            self.assertIn(relation["spdxElementId"], known)
            self.assertIn(relation["relatedSpdxElement"], known)
        packages = {package["name"]: package for package in bill["packages"]}
        self.assertEqual(set(packages), {"Monban", "Boost", "CLI11", "GCC runtime", "libpng", "mingw-w64 runtime", "nghttp2", "nlohmann-json", "NSIS", "OpenSSL",
                                         "pugixml", "wxWidgets", "zlib"})
        for package in packages.values():
            self.assertRegex(package["versionInfo"], r"^[0-9][0-9.]*$", package["name"])
            for key in ("downloadLocation", "licenseConcluded", "licenseDeclared", "copyrightText"):
                self.assertTrue(package[key], package["name"])
            if package["name"] != "Monban":
                licence = self.folder / package["comment"].split(": ")[1]
                self.assertGreater(licence.stat().st_size, 1000, licence.name)
        files = {f["fileName"][2:]: {c["algorithm"]: c["checksumValue"] for c in f["checksums"]} for f in bill["files"]}
        self.assertEqual({f"Monban-{made.VERSION}/{name}" for name in files}, set(self.names))
        for name, sums in files.items():
            data = (self.folder / name).read_bytes()
            self.assertEqual(sums, {"SHA1": hashlib.sha1(data).hexdigest(), "SHA256": hashlib.sha256(data).hexdigest()}, name)
        of_all = hashlib.sha1("".join(sorted(sums["SHA1"] for sums in files.values())).encode()).hexdigest()
        self.assertEqual((packages["Monban"]["filesAnalyzed"], packages["Monban"]["packageVerificationCode"]), (True, {"packageVerificationCodeValue": of_all}))
        self.assertTrue(all("packageVerificationCode" not in package for name, package in packages.items() if name != "Monban"))
        self.assertEqual(packages["mingw-w64 runtime"]["licenseDeclared"], "ZPL-2.1 AND MIT AND BSD-3-Clause AND SMLNJ")

    def test_the_bill_of_materials_says_what_the_programs_themselves_say(self):
        versions = {package["name"]: package["versionInfo"] for package in json.loads(made.materials().read_text())["packages"]}
        both = b"".join(path.read_bytes() for path in self.programs).decode("latin-1")
        for name, pattern in EVIDENCE.items():
            found = set(re.findall(pattern, both))
            self.assertTrue(found, f"{name} says nothing of itself any more")
            self.assertTrue(all(versions[name] == text or versions[name].startswith(text + ".") for text in found), f"{name}: {found}, listed {versions[name]}")
        self.assertNotIn("stroke-dasharray", both, "NanoSVG, of wxWidgets' bundle, is not listed")
        # GCC's word about itself is one of the things that no program calls.
        compiler = subprocess.run(["x86_64-w64-mingw32-g++-posix", "-dumpversion"], capture_output=True, text=True, check=True).stdout.strip()
        self.assertEqual(versions["GCC runtime"].split(".")[0], compiler.split("-")[0])

    def test_no_program_says_where_it_was_built(self):
        listed = re.findall(r'"(/[^"]+)"', (made.ROOT / "build/windows-libraries.cmake").read_text())
        self.assertTrue(listed)
        for path in self.programs:
            data = path.read_bytes()
            for folder in {str(made.ROOT), *listed, *(str(pathlib.Path(one).parent) for one in listed)}:
                for text in (folder.encode(), folder.encode("utf-16-le")):
                    self.assertFalse(text in data, f"{folder} is in {path.name}")

    def test_two_folders_give_the_same_bytes(self):
        # One of them with a blank and Japanese letters; a signature of the first would make a difference that is none.
        if os.environ.get("MONBAN_SIGN_CERTIFICATE"):
            self.skipTest("what was made is signed")
        copy = made.sources(self.work / "また 別の")
        made.real_programs(copy)
        # What somebody has NSIS do with every setup of his is not done with this one.
        home = self.work / "home"
        home.mkdir()
        (home / ".nsisconf.nsh").write_text('!error "read"\n')
        again = made.build(copy, self.work / "out 2", HOME=str(home))
        self.assertEqual((again / "SHA256SUMS").read_text(), (made.MADE / "SHA256SUMS").read_text())

    def test_programs_of_another_version_are_not_handed_out(self):
        copy = made.sources(self.work / "raised", "9.8.7")
        made.small_programs(copy, "9.8.6")
        with self.assertRaisesRegex(AssertionError, "monban.exe is not of version 9.8.7"):
            made.build(copy, self.work / "raised-out")

    def test_the_libraries_come_first_where_the_programs_are_built(self):
        copy = made.sources(self.work / "built")
        made.small_programs(copy, made.VERSION)
        tools, calls = self.work / "built-tools", self.work / "built-calls"
        tools.mkdir()
        for path, name in ((copy / "installer/dependencies.sh", "dependencies"), (tools / "cmake", "cmake")):
            path.write_text(f'#!/bin/sh\necho "{name} $*" >> "{calls}"\n')
            path.chmod(0o755)
        build = ["dependencies ", "cmake --build --preset windows --target monban monban-wizard"]
        for there, expected in (([], []),  # programs alone are packed as they are
                                (["build.ninja"], [build[0], "cmake --preset windows", build[1]]), (["build.ninja", "CMakeCache.txt"], build)):
            for name in there:
                (copy / "build/windows" / name).touch()
            calls.write_text("")
            made.build(copy, self.work / "built-out", PATH=f"{tools}:{os.environ['PATH']}")
            self.assertEqual(calls.read_text().splitlines(), expected)

    def test_a_library_is_of_the_newest_source_that_can_be_had(self):
        """With tools in place of apt's: what is asked of them, and what is done when they fail."""
        cache, tools, calls = self.work / "cache", self.work / "apt-tools", self.work / "apt-calls"
        tools.mkdir()
        (tools / "apt-cache").write_text("#!/bin/sh\nfor version in 3.0.9-1 3.0.22-1~deb12u2 3.0.20-1; do echo Version: $version; done\n")
        (tools / "apt-get").write_text(f'''#!/bin/sh
for word in "$@"; do last=$word; done
case "$*" in
    *" update "*) echo update >> "{calls}"; [ ! -e "{self.work}/offline" ] || exit 100; touch "{cache}/sources/lists/main_Sources" ;;
    *) case "$*" in *--tar-only*) last="$last tar" ;; esac; echo "$last" >> "{calls}"; echo "E: 404  Not Found"; exit 100 ;;
esac
''')
        for name in ("apt-cache", "apt-get"):
            (tools / name).chmod(0o755)
        copy = made.sources(self.work / "apt-sources")

        def asked():
            calls.write_text("")
            done = subprocess.run(["sh", copy / "installer/dependencies.sh"], stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120,
                                  env={**os.environ, "MONBAN_CACHE": str(cache), "PATH": f"{tools}:{os.environ['PATH']}"})
            self.assertEqual(done.returncode, 1, "with no source at all it ends")
            self.assertIn("no source of openssl to be had", done.stderr)
            return calls.read_text().splitlines()

        newest_first = [f"openssl={version}{way}" for version in ("3.0.22-1~deb12u2", "3.0.20-1", "3.0.9-1") for way in ("", " tar")]
        (self.work / "offline").touch()
        self.assertRaises(AssertionError, asked)  # no lists
        (self.work / "offline").unlink()
        self.assertEqual(asked(), ["update", *newest_first])
        self.assertEqual(asked(), [], "what a mirror lacks is not asked for again")
        old = time.time() - 4 * 86400
        os.utime(cache / "sources/refreshed", (old, old))
        (self.work / "offline").touch()
        self.assertEqual(asked(), ["update", *newest_first], "the lists of before serve")
        (self.work / "offline").unlink()
        self.assertEqual(asked(), ["update", *newest_first])
        self.assertEqual(asked(), [])


class Signature(unittest.TestCase):
    def test_programs_uninstaller_and_setup_are_signed(self):
        work = pathlib.Path(tempfile.mkdtemp(prefix="monban-signed-"))
        self.addCleanup(shutil.rmtree, work, ignore_errors=True)
        (work / "password.txt").write_text("nobody's 秘密 $word")
        subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", work / "key.pem", "-out", work / "own.pem", "-days", "2", "-subj",
                        "/CN=Monban test", "-addext", "extendedKeyUsage=codeSigning"], check=True, capture_output=True, timeout=60)
        subprocess.run(["openssl", "pkcs12", "-export", "-inkey", work / "key.pem", "-in", work / "own.pem", "-out", work / "own.p12", "-passout",
                        f"file:{work / 'password.txt'}"], check=True, capture_output=True, timeout=60)
        copy = made.sources(work / "sources")
        made.small_programs(copy, made.VERSION)
        # A tool in its place first shows how it is called.
        watched = work / "bin"
        watched.mkdir()
        (watched / "osslsigncode").write_text(f'#!/bin/sh\nprintf "%s\\n" "$*" >> "{work}/calls"\nexec {shutil.which("osslsigncode")} "$@"\n')
        (watched / "osslsigncode").chmod(0o755)
        out = made.build(copy, work / "out", MONBAN_SIGN_CERTIFICATE=str(work / "own.p12"), MONBAN_SIGN_PASSWORD_FILE=str(work / "password.txt"),
                         PATH=f"{watched}:{os.environ['PATH']}")
        calls = (work / "calls").read_text()
        self.assertEqual(calls.count("\n"), 4, calls)  # two programs, the uninstaller, the setup
        self.assertNotIn("秘密", calls)
        with zipfile.ZipFile(made.portable(out)) as archive:
            archive.extractall(work)
        for path in [made.setup(out), *((work / f"Monban-{made.VERSION}") / name for name in made.PLACES)]:
            verified = subprocess.run(["osslsigncode", "verify", "-CAfile", work / "own.pem", "-in", path], capture_output=True, text=True, timeout=60)
            self.assertEqual(verified.returncode, 0, verified.stdout + verified.stderr)
            data = bytearray(path.read_bytes())
            data[0x600] ^= 1
            (work / "changed.exe").write_bytes(data)
            changed = subprocess.run(["osslsigncode", "verify", "-CAfile", work / "own.pem", "-in", work / "changed.exe"], capture_output=True, text=True, timeout=60)
            self.assertNotEqual(changed.returncode, 0, path.name)

    def test_a_signing_that_fails_ends_the_build(self):
        work = pathlib.Path(tempfile.mkdtemp(prefix="monban-unsigned-"))
        self.addCleanup(shutil.rmtree, work, ignore_errors=True)
        (work / "password.txt").write_text("word")
        copy = made.sources(work / "sources")
        made.small_programs(copy, made.VERSION)
        tools = work / "bin"
        tools.mkdir()
        # The third call is the uninstaller's, by NSIS.
        (tools / "osslsigncode").write_text(f'''#!/bin/sh
echo >> "{work}/calls"
[ "$(wc -l < "{work}/calls")" != 3 ] || exit 1
while [ $# != 0 ]; do case $1 in -in) in=$2 ;; -out) out=$2 ;; esac; shift; done
cp "$in" "$out"
''')
        (tools / "osslsigncode").chmod(0o755)
        with self.assertRaises(AssertionError):
            made.build(copy, work / "out", MONBAN_SIGN_CERTIFICATE="own.p12", MONBAN_SIGN_PASSWORD_FILE=str(work / "password.txt"),
                       PATH=f"{tools}:{os.environ['PATH']}")
        self.assertEqual((work / "calls").read_text().count("\n"), 3)
        self.assertEqual(list((work / "out").iterdir()), [])

    def test_a_certificate_without_its_password_ends_the_build(self):
        done = subprocess.run(["sh", made.ROOT / "installer/sign.sh", "nothing.exe"], capture_output=True, text=True, timeout=60,
                              env={**os.environ, "MONBAN_SIGN_CERTIFICATE": "own.p12", "MONBAN_SIGN_PASSWORD_FILE": "/nowhere"})
        self.assertEqual(done.returncode, 1)
        self.assertIn("MONBAN_SIGN_PASSWORD_FILE", done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
