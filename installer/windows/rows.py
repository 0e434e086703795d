"""What becomes of the package's tables after wixl: the rows that it leaves out, as SQL. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element

from installer.windows.payload import short_names

_LANGUAGE = "1033"


class UnknownWordError(ValueError):
    """The source says something that is not known here."""


@dataclass(slots=True)
class Rows:
    """What is gathered for the tables."""

    queries: list[str] = field(default_factory=list)
    secure: list[str] = field(default_factory=list)
    hidden: list[str] = field(default_factory=list)
    locked: list[tuple[str, str, str]] = field(default_factory=list)

    def put(self, table: str, **columns: str | int | None) -> None:
        """One row; what is None stays empty."""
        given = {name: value for name, value in columns.items() if value is not None}
        names = ", ".join(f"`{name}`" for name in given)
        values = ", ".join(_sql(value) for value in given.values())
        self.queries.append(
            f"INSERT INTO `{table}` ({names}) VALUES ({values})"  # noqa: S608 -- our own words
        )

    def change(self, table: str, column: str, value: str | int, where: str, key: str) -> None:
        """One value of the row that has this key."""
        self.queries.append(
            f"UPDATE `{table}` SET `{column}` = {_sql(value)} "  # noqa: S608 -- as above
            f"WHERE `{where}` = {_sql(key)}"
        )

    def drop(self, table: str, where: str, key: str) -> None:
        """The row that has this key."""
        self.queries.append(
            f"DELETE FROM `{table}` WHERE `{where}` = {_sql(key)}"  # noqa: S608 -- as above
        )


def _sql(value: str | int) -> str:
    if isinstance(value, int):
        return str(value)
    if "'" in value:
        raise UnknownWordError(f"the tables' SQL knows no way to say an apostrophe: {value}")
    return f"'{value}'"


def add_lists(rows: Rows) -> None:
    """The properties that name properties, and the access lists, for which wixl has no table."""
    rows.drop("Property", "Property", "SecureCustomProperties")
    rows.put("Property", Property="SecureCustomProperties", Value=";".join(sorted(rows.secure)))
    if rows.hidden:
        rows.put("Property", Property="MsiHiddenProperties", Value=";".join(sorted(rows.hidden)))
    rows.queries.append(
        "CREATE TABLE `MsiLockPermissionsEx` (`MsiLockPermissionsEx` CHAR(72) NOT NULL, "
        "`LockObject` CHAR(72) NOT NULL, `Table` CHAR(32) NOT NULL, "
        "`SDDLText` LONGCHAR NOT NULL, `Condition` CHAR(255) "
        "PRIMARY KEY `MsiLockPermissionsEx`)"
    )
    for key, folder, access in rows.locked:
        rows.put(
            "MsiLockPermissionsEx",
            MsiLockPermissionsEx=key,
            LockObject=folder,
            Table="CreateFolder",
            SDDLText=access,
        )


def add_names(children: Iterable[Element], versions: Mapping[str, str], rows: Rows) -> None:
    """Short names beside the long ones, and the files' versions: wixl writes neither."""
    in_folder: dict[str, dict[str, str]] = {}
    for group in children:
        if group.tag == "ComponentGroup":
            for component in group:
                for file in component.findall("File"):
                    names = in_folder.setdefault(component.get("Directory", ""), {})
                    names[file.get("Id", "")] = file.get("Name", "")
    for names in in_folder.values():
        shorter = short_names(names.values())
        for key, name in names.items():
            if name in shorter:
                rows.change("File", "FileName", f"{shorter[name]}|{name}", "File", key)
    for key, version in versions.items():
        rows.change("File", "Version", version, "File", key)
        rows.change("File", "Language", _LANGUAGE, "File", key)
        rows.drop("MsiFileHash", "File_", key)
    _folder_names(children, rows)


def _folder_names(children: Iterable[Element], rows: Rows) -> None:
    for child in children:
        if child.tag in {"StandardDirectory", "DirectoryRef"}:
            for folder in child.iter():
                shorter = short_names(one.get("Name", "") for one in folder.findall("Directory"))
                for one in folder.findall("Directory"):
                    name = one.get("Name", "")
                    if name in shorter:
                        rows.change(
                            "Directory",
                            "DefaultDir",
                            f"{shorter[name]}|{name}",
                            "Directory",
                            one.get("Id", ""),
                        )
