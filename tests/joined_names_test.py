# SPDX-License-Identifier: MIT
"""Files of a target are compiled joined (CMAKE_UNITY_BUILD), so an unnamed namespace is no wall between them. Two functions of one
name and the very same parameters are an error, which the compiler says. Where the parameters only convert into each other, such as
std::string and std::string_view, another file's function may be called without a word: such pairs are looked for here."""
import collections
import pathlib
import re
import unittest

ROOT = pathlib.Path(__file__).parent.parent
DEFINITION = re.compile(r"^(?! )(?:template <[^\n]*>\n)?(?:[\w:<>,*&\[\] ]+[ *&])(\w+)\(([^;{}]*?)\)(?: const)?(?: noexcept)?\s*\{", re.M)
DECLARATION = re.compile(r"^(?! )(?:[\w:<>,*& ]+[ *&])(\w+)\(([^;{}]*?)\)(?: noexcept)?;", re.M)
TEXTS = {"std::string", "std::string_view", "char*", "fs::path"}
BYTES = {"Bytes", "ByteView"}
NUMBERS = {"int", "long", "unsigned", "bool", "char", "double", "std::size_t", "std::uint8_t", "std::uint16_t", "std::uint32_t", "std::uint64_t", "std::int64_t", "DWORD", "WORD", "BYTE"}


def types(parameters):
    """Of each parameter its type without const and reference, and whether it may be left out."""
    found = []
    for one in re.split(r",(?![^<(]*[>)])", parameters):
        one, _, default = one.partition("=")
        words = re.sub(r"\b(const|std::chrono::)\b|&", " ", one).replace(" *", "* ").split()
        if words:
            found.append((" ".join(words[:-1]) if len(words) > 1 else words[0], bool(default)))
    return found


def kind(name):
    return "text" if name in TEXTS else "bytes" if name in BYTES else "number" if name in NUMBERS else name


def is_mistakable(some, others):
    required = [sum(not default for _, default in one) for one in (some, others)]
    if max(required) > min(len(some), len(others)):
        return False
    pairs = list(zip(some, others))
    return all(kind(a) == kind(b) for (a, _), (b, _) in pairs) and any(a != b for (a, _), (b, _) in pairs)


def alone():
    """Files that CMake compiles by themselves."""
    names = set()
    for listed in ROOT.glob("**/CMakeLists.txt"):
        if "build" not in listed.relative_to(ROOT).parts:
            for call in re.findall(r"monban_alone\(\w+ ([^)]*)\)", listed.read_text()):
                names |= {(listed.parent / name).resolve() for name in call.split()}
    return names


def functions(folder):
    """{(namespace, name): [(file, its types)]} of the unnamed namespaces, and of what the headers declare for all."""
    own, public = collections.defaultdict(list), collections.defaultdict(list)
    apart = alone()
    for path in sorted((ROOT / folder).glob("**/*.cpp")):
        if path.resolve() in apart:
            continue
        text = path.read_text()
        space = re.search(r"^namespace ([\w:]+) \{", text, re.M)
        for body in re.findall(r"^namespace \{$(.*?)^\}  // namespace$", text, re.M | re.S):
            for name, parameters in DEFINITION.findall(body):
                own[space[1] if space else "", name].append((path.relative_to(ROOT), types(parameters)))
    for path in sorted((ROOT / folder).glob("**/*.h")):
        text = path.read_text()
        space = re.search(r"^namespace ([\w:]+) \{", text, re.M)
        for name, parameters in DECLARATION.findall(text):
            public[space[1] if space else "", name].append((path.relative_to(ROOT), types(parameters)))
    return own, public


class JoinedNames(unittest.TestCase):
    maxDiff = None

    def test_no_function_is_called_for_another_files(self):
        found = []
        for folder in ("core", "app/cli", "app/wizard"):
            own, public = functions(folder)
            self.assertGreater(len(own), 10, "the pattern finds nothing any more")
            for key, places in own.items():
                for i, (file, parameters) in enumerate(places):
                    for other, others in [*places[i + 1:], *public.get(key, [])]:
                        if other.stem != file.stem and is_mistakable(parameters, others):
                            found.append(f"{key[1]}: {file} {parameters}, {other} {others}")
        self.assertEqual(found, [])

    def test_it_knows_what_converts(self):
        self.assertTrue(is_mistakable(types("std::string path"), types("std::string_view text")))
        self.assertTrue(is_mistakable(types("const fs::path& file, int most = 1"), types("const std::string& name")))
        self.assertFalse(is_mistakable(types("const std::string& path"), types("const std::string& name")), "the compiler says that")
        self.assertFalse(is_mistakable(types("const std::string& path"), types("const Facts& facts")))
        self.assertFalse(is_mistakable(types("const std::string& path, int n"), types("std::string_view text")))


if __name__ == "__main__":
    unittest.main()
