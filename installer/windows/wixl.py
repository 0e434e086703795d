"""A source for WiX 5, built by wixl where there is no WiX: what wixl knows, and the rest as SQL.

wixl 0.101 reads the words of WiX 3, and not all of them: it breaks on conditions of components,
passes over secure and hidden properties, and knows neither access lists nor the directory of a
custom action. So the source is told apart here: the frame (product, files, folders, registry,
services) goes to wixl, and msibuild puts into the tables what wixl would leave out. Whatever is
not known here is an error, so that nothing is lost on the way. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from xml.etree.ElementTree import Element, SubElement

from installer.windows.payload import NAMESPACE
from installer.windows.rows import Rows, UnknownWordError, add_lists, add_names

_NAMESPACE_3 = "http://schemas.microsoft.com/wix/2006/wi"
_X64, _REGISTRY_KEY, _PERMANENT, _TRANSITIVE = 256, 4, 16, 64
_AFTER_INITIALIZE = 1501
_NOT_ADVERTISED = 8
_CAUGHT_SAME_VERSION = 512  # msidbUpgradeAttributesVersionMaxInclusive
# Of custom actions:
_SET_PROPERTY, _INSTALLED_FILE, _IN_DIRECTORY = 51, 18, 34
_GO_ON = 64
_WHEN = {
    "immediate": 0,
    "deferred": 0x400,
    "rollback": 0x400 | 0x100,
    "commit": 0x400 | 0x200,
}
_AS_SYSTEM, _HIDE_TARGET = 0x800, 0x2000

# What each element may say, besides elements within it.
_KNOWN: dict[str, frozenset[str]] = {
    name: frozenset(words.split())
    for name, words in {
        "Package": "Name Manufacturer Version Language ProductCode UpgradeCode Scope "
        "InstallerVersion Compressed",
        "SummaryInformation": "Description Manufacturer Comments",
        "MajorUpgrade": "Schedule AllowSameVersionUpgrades DowngradeErrorMessage",
        "MediaTemplate": "EmbedCab CompressionLevel",
        "Icon": "Id SourceFile",
        "Property": "Id Value Secure Hidden",
        "RegistrySearch": "Id Root Key Name Type Bitness",
        "Launch": "Condition Message",
        "StandardDirectory": "Id",
        "DirectoryRef": "Id",
        "Directory": "Id Name",
        "ComponentGroup": "Id Directory",
        "ComponentGroupRef": "Id",
        "Component": "Id Guid Directory Condition Transitive",
        "CreateFolder": "",
        "PermissionEx": "Sddl",
        "File": "Id Source Name KeyPath",
        "RegistryValue": "Id Root Key Name Type Value KeyPath",
        "Shortcut": "Id Directory Name Description Target Icon IconIndex WorkingDirectory",
        "ServiceInstall": "Id Name DisplayName Description Type Start ErrorControl Account "
        "Arguments",
        "ServiceControl": "Id Name Stop Remove Wait",
        "Feature": "Id Title Level AllowAdvertise",
        "CustomAction": "Id Directory FileRef Property Value ExeCommand Execute Impersonate Return "
        "HideTarget",
        "InstallExecuteSequence": "",
        "Custom": "Action Sequence Condition",
        "Fragment": "",
        "Wix": "",
    }.items()
}


@dataclass(frozen=True, slots=True)
class Parts:
    """What becomes of a source."""

    frame: Element  # WiX 3, for wixl
    queries: tuple[str, ...]  # for msibuild, in this order


def apart(sources: Iterable[Element], versions: Mapping[str, str]) -> Parts:
    """Tell the sources apart; `versions` of the files that have one, by the files' keys."""
    tops = [_plain(top) for source in sources for top in source]
    for top in tops:
        _check(top)
    package = next(top for top in tops if top.tag == "Package")
    rows = Rows()
    root = Element("Wix", {"xmlns": _NAMESPACE_3})
    product = SubElement(
        root,
        "Product",
        Id=package.get("ProductCode", "*"),
        Name=package.get("Name", ""),
        Manufacturer=package.get("Manufacturer", ""),
        Version=package.get("Version", ""),
        Language=package.get("Language", ""),
        UpgradeCode=package.get("UpgradeCode", ""),
    )
    children = [child for top in tops for child in top]
    summary = _only(children, "SummaryInformation")
    SubElement(
        product,
        "Package",
        InstallerVersion=package.get("InstallerVersion", ""),
        Compressed="yes",
        InstallScope="perMachine",
        Description=summary.get("Description", ""),
        Comments=summary.get("Comments", ""),
    )
    _upgrades(product, _only(children, "MajorUpgrade"), package, rows)
    SubElement(product, "MediaTemplate", EmbedCab="yes")
    folders = _folders(product, children)
    components = _components(children, folders, rows)
    for child in children:
        _small(product, child, rows)
    feature = _only(children, "Feature")
    made = SubElement(
        product,
        "Feature",
        Id=feature.get("Id", ""),
        Title=feature.get("Title", ""),
        Level=feature.get("Level", ""),
    )
    if feature.get("AllowAdvertise") == "no":
        rows.change("Feature", "Attributes", _NOT_ADVERTISED, "Feature", feature.get("Id", ""))
    for component in components:
        SubElement(made, "ComponentRef", Id=component)
    add_lists(rows)
    add_names(children, versions, rows)
    return Parts(root, tuple(rows.queries))


def _plain(element: Element) -> Element:
    """Without the namespace, which both have."""
    for each in element.iter():
        each.tag = each.tag.replace(f"{{{NAMESPACE}}}", "")
    return element


def _check(element: Element) -> None:
    for each in element.iter():
        if each.tag not in _KNOWN:
            raise UnknownWordError(f"wixl.py knows no <{each.tag}>")
        for word in set(each.keys()) - _KNOWN[each.tag]:
            raise UnknownWordError(f"wixl.py knows no {word} of <{each.tag}>")


def _only(children: Iterable[Element], name: str) -> Element:
    (found,) = (child for child in children if child.tag == name)
    return found


def _upgrades(product: Element, asked: Element, package: Element, rows: Rows) -> None:
    """Left alone, wixl takes the old version out before the transaction, never to come back."""
    if asked.get("Schedule") != "afterInstallInitialize":
        raise UnknownWordError("wixl.py knows one Schedule of <MajorUpgrade>")
    SubElement(
        product, "MajorUpgrade", DowngradeErrorMessage=asked.get("DowngradeErrorMessage", "")
    )
    rows.change(
        "InstallExecuteSequence", "Sequence", _AFTER_INITIALIZE, "Action", "RemoveExistingProducts"
    )
    code = "{" + package.get("UpgradeCode", "") + "}"
    # Attributes are part of the key, which no UPDATE may change.
    rows.drop("Upgrade", "ActionProperty", "WIX_UPGRADE_DETECTED")
    rows.put(
        "Upgrade",
        UpgradeCode=code,
        VersionMax=package.get("Version"),
        Attributes=1 | _CAUGHT_SAME_VERSION,
        ActionProperty="WIX_UPGRADE_DETECTED",
    )
    rows.secure += ["WIX_UPGRADE_DETECTED", "WIX_DOWNGRADE_DETECTED"]


def _folders(product: Element, children: Iterable[Element]) -> dict[str, Element]:
    """All folders by their keys."""
    top = SubElement(product, "Directory", Id="TARGETDIR", Name="SourceDir")
    found: dict[str, Element] = {}
    for child in children:
        if child.tag == "StandardDirectory":
            key = child.get("Id", "")
            found[key] = SubElement(top, "Directory", Id=key, Name=".")
            _within(found, found[key], child)
    for child in children:
        if child.tag == "DirectoryRef":
            _within(found, found[child.get("Id", "")], child)
    return found


def _within(found: dict[str, Element], place: Element, source: Element) -> None:
    for child in source:
        key = child.get("Id", "")
        found[key] = SubElement(place, "Directory", Id=key, Name=child.get("Name", ""))
        _within(found, found[key], child)


def _components(
    children: Iterable[Element], folders: Mapping[str, Element], rows: Rows
) -> list[str]:
    """Each into its folder; the keys of all."""
    keys: list[str] = []
    for group in children:
        if group.tag != "ComponentGroup":
            continue
        for source in group:
            folder = source.get("Directory") or group.get("Directory") or ""
            keys.append(_component(source, folders[folder], folder, rows))
    return keys


def _component(source: Element, place: Element, folder: str, rows: Rows) -> str:
    key = source.get("Id", "")
    made = SubElement(place, "Component", Id=key, Guid=source.get("Guid", ""), Win64="yes")
    attributes = _X64
    for child in source:
        match child.tag:
            case "CreateFolder":
                SubElement(made, "CreateFolder")
                for access in child:
                    rows.locked.append((f"Lock_{folder}", folder, access.get("Sddl", "")))
            case "RegistryValue":
                made.append(child)
                if child.get("KeyPath") == "yes":
                    attributes |= _REGISTRY_KEY
                if child.get("Type") == "expandable":
                    marked = f"#%{child.get('Value')}"
                    rows.change("Registry", "Value", marked, "Registry", child.get("Id", ""))
            case _:
                made.append(child)
    if source.get("Condition"):
        rows.change("Component", "Condition", source.get("Condition", ""), "Component", key)
    if source.get("Transitive") == "yes":
        rows.change("Component", "Attributes", attributes | _TRANSITIVE, "Component", key)
    return key


def _small(product: Element, child: Element, rows: Rows) -> None:
    """What stands by itself."""
    match child.tag:
        case "Property":
            _property(product, child, rows)
        case "Icon":
            product.append(child)
        case "Launch":
            rows.put(
                "LaunchCondition",
                Condition=child.get("Condition"),
                Description=child.get("Message"),
            )
        case "CustomAction":
            _action(child, rows)
        case "InstallExecuteSequence":
            for custom in child:
                rows.put(
                    "InstallExecuteSequence",
                    Action=custom.get("Action"),
                    Condition=custom.get("Condition"),
                    Sequence=int(custom.get("Sequence", "")),
                )
        case _:
            pass  # told apart elsewhere


def _property(product: Element, child: Element, rows: Rows) -> None:
    key = child.get("Id", "")
    if child.get("Secure") == "yes":
        rows.secure.append(key)
    if child.get("Hidden") == "yes":
        rows.hidden.append(key)
    if child.get("Value") is not None:
        rows.put("Property", Property=key, Value=child.get("Value"))
    for search in child:
        made = SubElement(product, "Property", Id=key)
        said = {word: value for word, value in search.items() if word != "Bitness"}
        SubElement(made, "RegistrySearch", {**said, "Win64": "yes"})


def _action(child: Element, rows: Rows) -> None:
    if child.get("Property"):
        kind, source, target = _SET_PROPERTY, child.get("Property"), child.get("Value")
    elif child.get("FileRef"):
        kind, source, target = _INSTALLED_FILE, child.get("FileRef"), child.get("ExeCommand")
    else:
        kind, source, target = _IN_DIRECTORY, child.get("Directory"), child.get("ExeCommand")
    kind |= _WHEN[child.get("Execute", "immediate")]
    kind |= _GO_ON if child.get("Return") == "ignore" else 0
    kind |= _AS_SYSTEM if child.get("Impersonate") == "no" else 0
    kind |= _HIDE_TARGET if child.get("HideTarget") == "yes" else 0
    rows.put("CustomAction", Action=child.get("Id"), Type=kind, Source=source, Target=target)
