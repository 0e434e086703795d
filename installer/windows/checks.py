"""What must hold in the tables of the package: Windows Installer's rules, and ours.

Windows' own checks (ICE) run only there. Each rule here is one function that names what breaks it.
Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from installer.windows.tables import Tables

_GUID = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}")
_PUBLIC = re.compile(r"[A-Z][A-Z0-9_.]*")
_LONGEST_CONDITION = 255
_X64 = 256
_IN_SCRIPT, _AS_SYSTEM = 0x400, 0x800
_KIND = 0x3F
_SET_PROPERTY = 51

# (table, column, table it points into, that one's key)
_POINTERS = (
    ("AppSearch", "Signature_", "RegLocator", "Signature_"),
    ("Component", "Directory_", "Directory", "Directory"),
    ("CreateFolder", "Component_", "Component", "Component"),
    ("CreateFolder", "Directory_", "Directory", "Directory"),
    ("Directory", "Directory_Parent", "Directory", "Directory"),
    ("FeatureComponents", "Component_", "Component", "Component"),
    ("FeatureComponents", "Feature_", "Feature", "Feature"),
    ("File", "Component_", "Component", "Component"),
    ("MsiFileHash", "File_", "File", "File"),
    ("MsiLockPermissionsEx", "LockObject", "CreateFolder", "Directory_"),
    ("Registry", "Component_", "Component", "Component"),
    ("ServiceControl", "Component_", "Component", "Component"),
    ("ServiceInstall", "Component_", "Component", "Component"),
    ("Shortcut", "Component_", "Component", "Component"),
    ("Shortcut", "Directory_", "Directory", "Directory"),
    ("Shortcut", "Icon_", "Icon", "Name"),
)


def wrong(tables: Tables) -> list[str]:
    """All that is wrong; empty: nothing."""
    rules = (
        _pointers,
        _components,
        _key_paths,
        _files,
        _names,
        _conditions,
        _properties,
        _actions,
        _order,
        _upgrades,
    )
    return [complaint for rule in rules for complaint in rule(tables)]


def _pointers(tables: Tables) -> Iterator[str]:
    for table, column, into, key in _POINTERS:
        there = {row[key] for row in tables.get(into, ())}
        for row in tables.get(table, ()):
            if row.get(column) and row[column] not in there:
                yield f"{table}.{column} points to {row[column]}, which is not in {into}"


def _components(tables: Tables) -> Iterator[str]:
    rows = tables["Component"]
    for code, count in Counter(row["ComponentId"].upper() for row in rows).items():
        if count > 1:
            yield f"{count} components have the code {code}"
        if not _GUID.fullmatch(code):
            yield f"{code} is no component's code"
    featured = {row["Component_"] for row in tables["FeatureComponents"]}
    for row in rows:
        if not int(row["Attributes"]) & _X64:
            yield f"component {row['Component']} is for 32 bits"
        if row["Component"] not in featured:
            yield f"component {row['Component']} is in no feature, and so never installed"


def _key_paths(tables: Tables) -> Iterator[str]:
    files = {row["File"]: row["Component_"] for row in tables["File"]}
    values = {row["Registry"]: row["Component_"] for row in tables["Registry"]}
    held = Counter(files.values())
    for row in tables["Component"]:
        place = values if int(row["Attributes"]) & 4 else files
        if row["KeyPath"] and place.get(row["KeyPath"]) != row["Component"]:
            yield f"component {row['Component']} has its key path elsewhere: {row['KeyPath']}"
        if held[row["Component"]] > 1:
            yield f"component {row['Component']} has {held[row['Component']]} files"


def _files(tables: Tables) -> Iterator[str]:
    hashed = {row["File_"] for row in tables.get("MsiFileHash", ())}
    for row in tables["File"]:
        if bool(row["Version"]) == (row["File"] in hashed):
            yield f"file {row['FileName']} must have a version or a digest, and one of them"
    numbers = sorted(int(row["Sequence"]) for row in tables["File"])
    if numbers != list(range(1, len(numbers) + 1)):
        yield "the files are not numbered from 1 on"
    if tables["Media"][-1]["LastSequence"] != str(len(numbers)):
        yield "the cabinet holds another number of files"


def _names(tables: Tables) -> Iterator[str]:
    """Short names are 8.3, and within a folder each is another one."""
    home = {row["Component"]: row["Directory_"] for row in tables["Component"]}
    taken = Counter(
        (home[row["Component_"]], row["FileName"].partition("|")[0].upper())
        for row in tables["File"]
    )
    for (folder, name), count in taken.items():
        if count > 1:
            yield f"{count} files of {folder} are {name} for short"
        stem, _, ending = name.partition(".")
        if len(stem) > 8 or len(ending) > 3:  # noqa: PLR2004 -- 8.3
            yield f"{name} is no short name"


def _conditions(tables: Tables) -> Iterator[str]:
    """Only names that are set somewhere, no more signs than the column holds, brackets in pairs."""
    known = {row["Property"] for row in tables["Property"]}
    known |= {row["Property"] for row in tables["AppSearch"]}
    known |= set(_secure(tables))
    known |= {
        "Installed",
        "REMOVE",
        "REINSTALL",
        "UPGRADINGPRODUCTCODE",
        "VersionNT",
        "VersionNT64",
    }
    for table, column in (
        ("LaunchCondition", "Condition"),
        ("Component", "Condition"),
        ("InstallExecuteSequence", "Condition"),
    ):
        for row in tables[table]:
            condition = row[column]
            if len(condition) > _LONGEST_CONDITION:
                yield f"{table}: too long: {condition}"
            if condition.count('"') % 2:
                yield f"{table}: a quote is not closed: {condition}"
            bare = re.sub(r'"[^"]*"', "", condition)
            if bare.count("(") != bare.count(")"):
                yield f"{table}: a bracket is not closed: {condition}"
            for name in re.findall(r"[A-Za-z_][A-Za-z0-9_]*", bare):
                if name not in known and name not in {"AND", "OR", "NOT"}:
                    yield f"{table}: nothing sets {name}: {condition}"


def _secure(tables: Tables) -> list[str]:
    """The properties that reach the part of an installation that may do things."""
    for row in tables["Property"]:
        if row["Property"] == "SecureCustomProperties":
            return row["Value"].split(";")
    return []


def _properties(tables: Tables) -> Iterator[str]:
    """What a person may say is public, reaches the privileged part, and secrets are not logged."""
    secure = _secure(tables)
    for name in secure:
        if not _PUBLIC.fullmatch(name):
            yield f"{name} is secure, and so must be in capitals"
    values = {row["Property"]: row["Value"] for row in tables["Property"]}
    hidden = values.get("MsiHiddenProperties", "").split(";")
    for name in secure:
        if ("TOKEN" in name or "SECRET" in name or "PASSWORD" in name) and name not in hidden:
            yield f"{name} would stand in the log"
    for row in tables["AppSearch"]:
        if row["Property"].startswith("KEPT_") and row["Property"] not in secure:
            yield f"{row['Property']} is lost on the way"
    for row in tables["Registry"]:
        for name in re.findall(r"\[([A-Z][A-Z0-9_]*)\]", row["Value"]):
            if name not in secure:
                yield f"{name} is written and cannot be given by a person who is no administrator"


def _actions(tables: Tables) -> Iterator[str]:
    """What changes the computer does so as SYSTEM, within the transaction."""
    order = {
        row["Action"]: int(row["Sequence"])
        for row in tables["InstallExecuteSequence"]
        if row["Sequence"]
    }
    begin, end = order["InstallInitialize"], order["InstallFinalize"]
    for row in tables["CustomAction"]:
        name, kind = row["Action"], int(row["Type"])
        if name not in order:
            yield f"action {name} is never called"
            continue
        if kind & _KIND == _SET_PROPERTY:
            if not order["AppSearch"] < order[name] < order["CostInitialize"]:
                yield f"action {name} sets its property too early or too late"
            continue
        if not kind & _IN_SCRIPT or not kind & _AS_SYSTEM:
            yield f"action {name} would run without rights"
        if not begin < order[name] < end:
            yield f"action {name} is outside of the transaction"
        if not row["Target"].startswith('"') and kind & _KIND == 34:  # noqa: PLR2004 -- in a directory
            yield f"action {name}: a path without quotes is another program's chance"


def _order(tables: Tables) -> Iterator[str]:
    """The old version goes within the transaction; the programs end before files are touched."""
    order = {
        row["Action"]: int(row["Sequence"])
        for row in tables["InstallExecuteSequence"]
        if row["Sequence"]
    }
    for first, second in (
        ("FindRelatedProducts", "LaunchConditions"),
        ("AppSearch", "LaunchConditions"),
        ("InstallInitialize", "RemoveExistingProducts"),
        ("RemoveExistingProducts", "MakeWayUndone"),
        ("MakeWayUndone", "MakeWayForUpgrade"),
        ("MakeWayUndone", "MakeWayForRemoval"),
        ("MakeWayForUpgrade", "StopServices"),
        ("MakeWayForRemoval", "StopServices"),
        ("StopServices", "RemoveFiles"),
        ("LinksGone", "CreateFolders"),
        ("CreateFolders", "OwnData"),
        ("InstallFiles", "CertificateMade"),
        ("TaskUndone", "TaskMade"),
        ("TaskCleared", "TaskMade"),
        ("InstallServices", "ServiceEnabled"),
        ("StartServices", "MakeWayDone"),
    ):
        if not order[first] < order[second]:
            yield f"{first} must come before {second}"
    for number, count in Counter(order.values()).items():
        if count > 1:
            yield f"{count} actions have the number {number}"


def _upgrades(tables: Tables) -> Iterator[str]:
    values = {row["Property"]: row["Value"] for row in tables["Property"]}
    rows = tables["Upgrade"]
    for row in rows:
        if row["UpgradeCode"].upper() != values["UpgradeCode"].upper():
            yield "an upgrade looks for another product"
    found = {row["ActionProperty"]: int(row["Attributes"]) for row in rows}
    if not found.get("WIX_UPGRADE_DETECTED", 0) & 512:
        yield "the same version, built anew, would be installed beside the old one"
    if not found.get("WIX_DOWNGRADE_DETECTED", 0) & 2:
        yield "an older version would take the place of a newer one"
    if values.get("ALLUSERS") != "1":
        yield "it would be installed for one user"
