"""`python -m installer templates`: what IT's tools need to set the desk's configuration.

Everything is made from the keys in `contract/desk_keys.py`, checked, written to dist/templates/,
and packed into one archive. `--page` writes the table of docs/it/configuration.md instead.
"""

from __future__ import annotations

import argparse
import os
import shutil
import sys
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from installer.policy import admx, apple, browsers, check, effect, intune, page, samples
from installer.policy.wording import WORDINGS

_ROOT = Path(__file__).resolve().parent.parent
_DIST = _ROOT / "dist"
_PAGE = _ROOT / "docs" / "it" / "configuration.md"
_WORKSPACE = "https://workspace.example.com"
_EPOCH = 1_767_225_600  # for what wants a date, where SOURCE_DATE_EPOCH names none
_DEFINITIONS = "windows/PolicyDefinitions"

_README = """\
Twinreel {version}: configuration for IT's tools. What each key means: windows/PolicyDefinitions
(the policy editor shows it), linux/twinreel.toml, and docs/it/configuration.md.

windows/PolicyDefinitions/          group policy: copy it into the central store, or
                                    %SystemRoot%\\PolicyDefinitions. Intune: import the ADMX with
                                    en-US/Twinreel.adml
windows/twinreel-policy.reg         the same policies as registry values, to try them
windows/intune-oma-uri.json         Intune: custom settings, with the template in them
macos/com.twinreel.agent.mobileconfig   a profile to begin with
macos/com.twinreel.agent.jamf.json      Jamf Pro: Application & Custom Settings, custom schema
macos/com.twinreel.agent.plist          profile editors: the manifest
linux/twinreel.toml                 /etc/twinreel/twinreel.toml with every key explained
linux/policy.d/50-company.toml      a policy for /etc/twinreel/policy.d/
browsers/                           lets Workspace's page reach Twinreel without asking the agent

browsers/ is made for Workspace at {workspace}. For yours, put its address in place of
that one, or have all made anew:
    make package PRODUCT=templates ARGS="--workspace https://..."
"""


def files(version: str, workspace: str, changed: datetime) -> dict[str, bytes]:
    """All of it, by the path in the archive."""
    template = admx.admx(version)
    made: dict[str, bytes] = {
        "README.txt": _README.format(version=version, workspace=workspace).encode(),
        f"{_DEFINITIONS}/{admx.FILE}.admx": template,
        "windows/twinreel-policy.reg": _registry_file(_sample_policies(template)),
        "windows/intune-oma-uri.json": intune.settings(version).encode(),
        f"macos/{apple.DOMAIN}.mobileconfig": apple.sample_profile(),
        f"macos/{apple.DOMAIN}.jamf.json": apple.jamf_schema(version).encode(),
        f"macos/{apple.DOMAIN}.plist": apple.manifest(version, changed),
        "linux/twinreel.toml": samples.configuration_file().encode(),
        "linux/policy.d/50-company.toml": samples.policy_file().encode(),
        "browsers/windows/browsers.reg": _registry_file(browsers.windows(workspace)),
        "browsers/windows/browsers-gpo.ps1": browsers.group_policy(workspace).encode(),
        "browsers/macos/browsers.mobileconfig": browsers.macos(workspace),
        "browsers/linux/twinreel.json": browsers.linux_chromium(workspace).encode(),
        "browsers/linux/policies.json": browsers.linux_firefox(workspace).encode(),
    }
    for wording in WORDINGS:
        made[f"{_DEFINITIONS}/{wording.culture}/{admx.FILE}.adml"] = admx.adml(wording, version)
    return dict(sorted(made.items()))


def findings(made: Mapping[str, bytes]) -> list[str]:
    """What is wrong between the policy templates; empty: nothing."""
    prefix = f"{_DEFINITIONS}/"
    languages = {
        path.removeprefix(prefix).partition("/")[0]: text
        for path, text in made.items()
        if path.endswith(".adml")
    }
    return check.findings(made[f"{prefix}{admx.FILE}.admx"], languages)


def pack(made: Mapping[str, bytes], archive: Path, changed: datetime) -> None:
    """One zip, the same bytes for the same files."""
    stamp = changed.timetuple()[:6]
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
        for path, text in made.items():
            entry = zipfile.ZipInfo(path, stamp)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever packs it
            entry.external_attr = 0o100644 << 16
            packed.writestr(entry, text)


def main(arguments: Sequence[str]) -> int:
    """0: written; 1: they do not hold, and why is said; 2: wrong words."""
    parser = argparse.ArgumentParser(prog="python -m installer templates", description=__doc__)
    parser.add_argument("--out", type=Path, default=_DIST, metavar="FOLDER", help="default: dist/")
    parser.add_argument("--version", default=_version(), metavar="X", help="default: the project's")
    parser.add_argument(
        "--workspace", default=_WORKSPACE, metavar="URL", help="of Workspace's page, for browsers"
    )
    parser.add_argument("--page", action="store_true", help="only write the table of the docs")
    asked = parser.parse_args(arguments)
    if asked.page:
        _PAGE.write_text(page.with_table(_PAGE.read_text("utf-8")), encoding="utf-8")
        print(f"written: {_PAGE.relative_to(_ROOT)}")
        return 0
    try:
        browsers.origin(asked.workspace)
    except ValueError as error:
        parser.error(str(error))
    changed = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", _EPOCH)), UTC)
    made = files(asked.version, asked.workspace, changed)
    told = findings(made)
    folder = asked.out / "templates"
    shutil.rmtree(folder, ignore_errors=True)  # nothing of a former version stays
    for path, text in made.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(text)
    grammar = [check.grammar_findings(path) for path in folder.rglob("*.adm[xl]")]
    told += [line for lines in grammar for line in lines or ()]
    if told:
        print("\n".join(["the templates do not hold:", *told]), file=sys.stderr)
        return 1
    if None in grammar:
        print("xmllint is missing, so the templates' grammar was not checked (libxml2-utils)")
    archive = asked.out / f"twinreel-{asked.version}-templates.zip"
    pack(made, archive, changed)
    print(f"{len(made)} files in {folder}, packed in {archive.name}")
    return 0


def _sample_policies(template: bytes) -> str:
    written: effect.Written = {}
    for name, value in samples.SAMPLE.items():
        policy = name.replace(".", "_")
        data = tuple(map(str, value)) if isinstance(value, tuple) else value
        written |= effect.enabled(template, policy, {policy: data})
    return effect.registry_file(written)


def _registry_file(text: str) -> bytes:
    """As regedit writes them: UTF-16 with its mark."""
    return b"\xff\xfe" + text.encode("utf-16-le")


def _version() -> str:
    project = tomllib.loads((_ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])
