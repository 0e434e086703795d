"""The tables of an MSI, read by msiinfo, and whether two packages say the same.

    python -m installer.windows.tables ONE.msi [OTHER.msi]

With one name its tables are printed; with two, what differs, for packages of one folder of programs
that WiX and wixl built. What a builder chooses for itself is not compared: the order of files in
the cabinet, short names, what fills unused columns, and tables that only say what tables look like.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

Row = Mapping[str, str]
Tables = Mapping[str, Sequence[Row]]

# What is compared: of each table the columns that have a meaning.
COMPARED: Mapping[str, tuple[str, ...]] = {
    "AppSearch": ("Property", "Signature_"),
    "Component": ("Component", "ComponentId", "Directory_", "Attributes", "Condition", "KeyPath"),
    "CreateFolder": ("Directory_", "Component_"),
    "CustomAction": ("Action", "Type", "Source", "Target"),
    "Directory": ("Directory", "Directory_Parent", "DefaultDir"),
    "Feature": ("Feature", "Level", "Attributes"),
    "FeatureComponents": ("Feature_", "Component_"),
    "File": ("File", "Component_", "FileName", "FileSize", "Version"),
    "InstallExecuteSequence": ("Action", "Condition", "Sequence"),
    "LaunchCondition": ("Condition", "Description"),
    "MsiLockPermissionsEx": ("LockObject", "Table", "SDDLText"),
    "Property": ("Property", "Value"),
    "RegLocator": ("Root", "Key", "Name", "Type"),
    "Registry": ("Registry", "Root", "Key", "Name", "Value", "Component_"),
    "ServiceControl": ("Name", "Event", "Wait", "Component_"),
    "ServiceInstall": ("Name", "ServiceType", "StartType", "StartName", "Arguments", "Component_"),
    "Shortcut": ("Shortcut", "Directory_", "Component_", "Target", "WkDir"),
    "Upgrade": ("UpgradeCode", "VersionMin", "VersionMax", "Attributes", "ActionProperty"),
}
_NAMED = {"DefaultDir", "FileName", "Name"}  # short|long
_LISTS = {"SecureCustomProperties", "MsiHiddenProperties"}
_OF_THE_BUILDER = {"WixPdbPath", "ALLUSERS"}


def read(package: Path) -> dict[str, list[dict[str, str]]]:
    """All tables but those of the database itself."""
    with TemporaryDirectory() as folder:  # msiinfo leaves pictures where it is run
        names = _msiinfo(folder, "tables", package).split()
        return {
            name: _rows(_msiinfo(folder, "export", package, name))
            for name in names
            if not name.startswith("_")
        }


def _msiinfo(folder: str, order: str, package: Path, *more: str) -> str:
    command = ["msiinfo", order, str(package.absolute()), *more]
    done = subprocess.run(command, cwd=folder, check=True, capture_output=True)
    return done.stdout.decode("utf-8", "replace")


def _rows(exported: str) -> list[dict[str, str]]:
    """As msiinfo writes a table: names, kinds, keys, then a row in each line."""
    lines = [line.rstrip("\r") for line in exported.split("\n") if line.strip("\r")]
    if not lines:
        return []
    names = lines[0].split("\t")
    return [dict(zip(names, line.split("\t"), strict=False)) for line in lines[3:]]


def differences(one: Tables, other: Tables) -> Iterator[str]:
    """What one says and the other does not."""
    for table, columns in COMPARED.items():
        rows = [
            {_row(table, row, columns) for row in tables.get(table, ())} for tables in (one, other)
        ]
        for row in sorted(_kept(table, rows[0] - rows[1])):
            yield f"{table}: only the first has {' | '.join(row)}"
        for row in sorted(_kept(table, rows[1] - rows[0])):
            yield f"{table}: only the second has {' | '.join(row)}"


def _row(table: str, row: Row, columns: Sequence[str]) -> tuple[str, ...]:
    return tuple(_value(table, row, column) for column in columns)


def _value(table: str, row: Row, column: str) -> str:
    value = row.get(column, "")
    if column in _NAMED and table != "Registry":
        value = value.rpartition("|")[2]
    if table == "Property" and column == "Value" and row.get("Property") in _LISTS:
        value = ";".join(sorted(value.split(";")))
    if (
        table == "Directory"
        and column == "DefaultDir"
        and not row["Directory"].startswith(("d", "T"))
    ):
        value = "."  # Windows knows the place of its own folders
    return value


def _kept(table: str, rows: set[tuple[str, ...]]) -> Iterator[tuple[str, ...]]:
    """Without what a builder adds of its own."""
    for row in rows:
        if table == "Property" and row[0] in _OF_THE_BUILDER:
            continue
        yield row


def main(arguments: Sequence[str]) -> int:
    """Show one, or compare two."""
    if len(arguments) not in {1, 2}:
        print(__doc__)
        return 2
    found = [read(Path(name)) for name in arguments]
    if len(found) == 1:
        for table, rows in sorted(found[0].items()):
            print(f"== {table}")
            for row in rows:
                print("   " + " | ".join(row.values()))
        return 0
    told = list(differences(found[0], found[1]))
    print("\n".join(told) or "they say the same")
    return 1 if told else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
