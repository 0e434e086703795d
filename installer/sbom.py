"""`python -m installer sbom`: what the programs' folder holds, as CycloneDX 1.6 (JSON).

Made from the folder itself, of any system, on any system: each file with its SHA-256 under the
part that it belongs to, each part with version and licence and how the version is known. What the
wheels say to hold is taken over. A file or module that belongs to nothing known is a failure. The
result is validated against the schema, strictly. The same folder gives the same bytes.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import DisjunctiveLicense, LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL

from installer.bundle import DIST, made
from installer.checksums import digest
from installer.contents.licences import is_spdx
from installer.contents.parts import Contents, Part, contents, modules_within
from installer.recipe import version

_ROOT = Path(__file__).resolve().parent.parent
_EPOCH = 1_767_225_600  # where SOURCE_DATE_EPOCH names no time
_LICENCE = "GPL-3.0-or-later"  # of the product
_OURS = "twinreel"  # what our properties begin with


def system_of(bundle: Path) -> str:
    """Which system the programs are for, by what they are called."""
    if any(bundle.rglob("twinreel-agent.exe")):
        return "windows"
    return "macos" if any(bundle.rglob("Contents/MacOS/twinreel-agent")) else "linux"


def bill(bundle: Path, held: Contents, version: str, time: datetime) -> str:
    """The document."""
    system = system_of(bundle)
    hashes = {place: digest(bundle / place) for part in held.parts for place in part.files}
    product = next(part for part in held.parts if part.kind == "product")
    product.version, product.licence = version, _LICENCE
    product.purl = f"pkg:generic/twinreel@{version}"
    components = {id(part): _component(part, hashes) for part in held.parts}
    bom = Bom(components=[components[id(one)] for one in held.parts if one is not product])
    bom.metadata.component = components[id(product)]
    bom.metadata.timestamp = time
    bom.metadata.properties.add(Property(name=f"{_OURS}:system", value=system))
    all_of_it = "\n".join(f"{hashes[place]}  {place}" for place in sorted(hashes))
    bom.serial_number = uuid5(NAMESPACE_URL, f"twinreel {version} {system}\n{all_of_it}")
    packages = {part.name: part for part in held.parts if part.kind == "python"}
    within: dict[int, list[Component]] = {}
    for part in held.parts:
        if part is not product:
            bringer = packages.get(part.brought_by, product)
            within.setdefault(id(bringer), []).append(components[id(part)])
    for part in held.parts:
        bom.register_dependency(components[id(part)], within.get(id(part), []))
    return JsonV1Dot6(bom).output_as_string(indent=1) + "\n"


def invalid(document: str) -> str:
    """What the schema says against it; "" if nothing."""
    told = JsonStrictValidator(SchemaVersion.V1_6).validate_str(document)
    return "" if told is None else str(told)


def _component(part: Part, hashes: Mapping[str, str]) -> Component:
    reference = f"{part.kind}:{part.name}@{part.version}"
    files = [_file(place, hashes[place], part) for place in sorted(part.files)]
    properties = [
        Property(name=f"{_OURS}:{name}", value=value)
        for name, value in (("version-known-by", part.known_by), ("wheel", part.brought_by))
        if value
    ]
    return Component(
        type=ComponentType.APPLICATION if part.kind == "product" else ComponentType.LIBRARY,
        name=part.name,
        version=part.version or None,
        purl=PackageURL.from_string(part.purl) if part.purl else None,
        licenses=list(_licences(part.licence)),
        bom_ref=f"{reference}#{part.brought_by}" if part.brought_by else reference,
        components=files,
        properties=properties,
    )


def _licences(said: str) -> Iterable[LicenseExpression | DisjunctiveLicense]:
    if is_spdx(said):
        yield LicenseExpression(said)
    elif said:
        yield DisjunctiveLicense(name=said)


def _file(place: str, summed: str, part: Part) -> Component:
    return Component(
        type=ComponentType.FILE,
        name=place,
        bom_ref=f"file:{part.name}:{place}",
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=summed)],
    )


def main(arguments: Sequence[str]) -> int:
    """0: written; 1: something belongs to nothing, or the schema refuses it."""
    parser = argparse.ArgumentParser(prog="python -m installer sbom", description=__doc__)
    parser.add_argument("--bundle", type=Path, metavar="FOLDER", help="default: dist/twinreel/")
    parser.add_argument("--out", type=Path, default=DIST, metavar="FOLDER", help="default: dist/")
    parser.add_argument("--version", default=version(_ROOT), metavar="X")
    asked = parser.parse_args(arguments)
    bundle = made(asked.bundle)
    held = contents(bundle, modules_within(bundle))
    time = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH)), UTC)
    document = bill(bundle, held, asked.version, time)
    told = invalid(document)
    if told:
        print(f"the schema of CycloneDX refuses what was made: {told}", file=sys.stderr)
        return 1
    asked.out.mkdir(parents=True, exist_ok=True)
    file = asked.out / f"twinreel-{asked.version}-{system_of(bundle)}.cdx.json"
    file.write_text(document, encoding="utf-8")
    files = sum(len(part.files) for part in held.parts)
    print(f"{len(held.parts)} parts in {files} files: {file.name}")
    unlicensed = [part.name for part in held.parts if not part.licence]
    if unlicensed:
        print(f"  no licence known: {', '.join(unlicensed)}")
    for one in held.unknown:
        print(f"  belongs to nothing known: {one}", file=sys.stderr)
    return 1 if held.unknown else 0
