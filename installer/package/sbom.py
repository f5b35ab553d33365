# SPDX-License-Identifier: MIT
"""sbom.py ROOT FOLDER VERSION OUT.json: the software bill of materials (SPDX 2.3) of the staged programs and of the setup."""
import datetime
import hashlib
import json
import os
import pathlib
import re
import sys

import parts

OURS = "SPDXRef-Package-Monban"


def _id(kind, name):
    return f"SPDXRef-{kind}-" + re.sub(r"[^A-Za-z0-9.-]", "-", name)


def _package(part, version):
    references = [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
                   "referenceLocator": f"pkg:generic/{part.name.lower().replace(' ', '-')}@{version}"}]
    if part.cpe:
        references.append({"referenceCategory": "SECURITY", "referenceType": "cpe23Type",
                           "referenceLocator": f"cpe:2.3:a:{part.cpe}:{version}:*:*:*:*:*:*:*"})
    return {"SPDXID": _id("Package", part.name), "name": part.name, "versionInfo": version, "downloadLocation": "NOASSERTION",
            "homepage": part.home, "filesAnalyzed": False, "licenseConcluded": part.licence, "licenseDeclared": part.licence,
            "copyrightText": "NOASSERTION", "externalRefs": references,
            "comment": f"Licence and copyright: licences/{parts.file_name(part)}"}


def document(root, folder, version):
    folder = pathlib.Path(folder)
    files, relations = [], [("SPDXRef-DOCUMENT", "DESCRIBES", OURS)]
    for path in sorted(p for p in folder.rglob("*") if p.is_file()):
        name, data = path.relative_to(folder).as_posix(), path.read_bytes()
        files.append({"SPDXID": _id("File", name), "fileName": f"./{name}", "licenseConcluded": "NOASSERTION", "copyrightText": "NOASSERTION",
                      "fileTypes": ["BINARY" if name in parts.PROGRAMS else "TEXT"],
                      "checksums": [{"algorithm": "SHA1", "checksumValue": hashlib.sha1(data).hexdigest()},
                                    {"algorithm": "SHA256", "checksumValue": hashlib.sha256(data).hexdigest()}]})
        relations.append((OURS, "CONTAINS", files[-1]["SPDXID"]))
    sums = sorted(checksum["checksumValue"] for file in files for checksum in file["checksums"] if checksum["algorithm"] == "SHA1")
    packages = [{"SPDXID": OURS, "name": "Monban", "versionInfo": version, "supplier": "Organization: The Monban authors",
                 "downloadLocation": "NOASSERTION", "filesAnalyzed": True, "packageVerificationCode":  # SPDX 2.3, 7.9
                 {"packageVerificationCodeValue": hashlib.sha1("".join(sums).encode()).hexdigest()}, "licenseConcluded": "MIT", "licenseDeclared": "MIT",
                 "copyrightText": "Copyright (c) The Monban authors", "primaryPackagePurpose": "APPLICATION"}]
    for part in parts.PARTS:
        packages.append(_package(part, parts.version(part, root)))
        for where in part.within:
            if where == parts.SETUP:  # its stub runs the setup and the uninstaller
                relations.append((OURS, "CONTAINS", packages[-1]["SPDXID"]))
            else:
                relations.append((_id("File", where), "STATIC_LINK", packages[-1]["SPDXID"]))
    made = {"spdxVersion": "SPDX-2.3", "dataLicense": "CC0-1.0", "SPDXID": "SPDXRef-DOCUMENT", "name": f"Monban-{version}",
            "creationInfo": {"created": datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc)
                             .strftime("%Y-%m-%dT%H:%M:%SZ"), "creators": ["Organization: The Monban authors", "Tool: monban-installer-sbom"]},
            "packages": packages, "files": files,
            "relationships": [{"spdxElementId": a, "relationshipType": kind, "relatedSpdxElement": b} for a, kind, b in relations]}
    # A name of its own for every content, as the standard asks for.
    digest = hashlib.sha256(json.dumps(made, sort_keys=True).encode()).hexdigest()[:32]
    return {**made, "documentNamespace": f"https://spdx.org/spdxdocs/monban-{version}-{digest}"}


if __name__ == "__main__":
    root, folder, version, out = sys.argv[1:]
    pathlib.Path(out).write_text(json.dumps(document(root, folder, version), indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
