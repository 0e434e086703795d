"""What Explorer and inventories read in our .exe files: name, version, product.

The text is what PyInstaller takes for a version resource: a call that it evaluates.
"""

from __future__ import annotations

_ENGLISH, _UNICODE = 0x0409, 1200
COMPANY = "Twinreel"
PRODUCT = "Twinreel"
RIGHTS = "GPL-3.0-or-later"


def version_resource(program: str, described: str, version: str) -> str:
    """For `program` (its name without .exe); `version` is two to four numbers with points."""
    numbers = tuple([*(int(part) for part in version.split(".")), 0, 0][:4])
    strings = {
        "CompanyName": COMPANY,
        "FileDescription": described,
        "FileVersion": version,
        "InternalName": program,
        "LegalCopyright": RIGHTS,
        "OriginalFilename": f"{program}.exe",
        "ProductName": PRODUCT,
        "ProductVersion": version,
    }
    table = ", ".join(f"StringStruct({key!r}, {text!r})" for key, text in strings.items())
    return (
        f"VSVersionInfo(ffi=FixedFileInfo(filevers={numbers}, prodvers={numbers}, mask=0x3F, "
        "flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0, date=(0, 0)), kids=["
        f"StringFileInfo([StringTable('{_ENGLISH:04X}{_UNICODE:04X}', [{table}])]), "
        f"VarFileInfo([VarStruct('Translation', [{_ENGLISH}, {_UNICODE}])])])\n"
    )
