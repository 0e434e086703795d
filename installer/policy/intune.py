"""For Intune: the template and a few of its policies as custom settings (OMA-URI).

One JSON document, as Microsoft Graph takes it at /deviceManagement/deviceConfigurations; each entry
can as well be typed into the form for custom settings. The first one brings the template to the
computers, the others set policies of it. How addresses and values are made up: Microsoft's
"Win32 and Desktop Bridge app ADMX policy ingestion" and "Understanding ADMX policies".
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from xml.sax.saxutils import quoteattr

from contract.desk_keys import BY_NAME, Key, Value
from installer.policy.admx import FILE, ROOT_CATEGORY, admx, policy_name
from installer.policy.samples import SAMPLE

APP = "Twinreel"
_INSTALL = f"./Device/Vendor/MSFT/Policy/ConfigOperations/ADMXInstall/{APP}/Policy/{FILE}"
_CONFIG = "./Device/Vendor/MSFT/Policy/Config"
_BETWEEN = "\uf000"  # between the strings of a list


def address(key: Key) -> str:
    """The OMA-URI of a key's policy: the app, the kind, the categories down to it, its name."""
    path = [APP, "Policy", ROOT_CATEGORY, *([key.section] if key.section else [])]
    return f"{_CONFIG}/{'~'.join(path)}/{policy_name(key)}"


def value(key: Key, value: Value) -> str:
    """What to set there."""
    if key.kind == "flag":
        return "<enabled/>" if value else "<disabled/>"
    told = _BETWEEN.join(map(str, value)) if isinstance(value, tuple) else str(value)
    return f'<enabled/><data id="{policy_name(key)}" value={quoteattr(told)}/>'


def settings(version: str, values: Mapping[str, Value] = SAMPLE) -> str:
    """The document."""
    own = [_setting(f"{APP}: the template", _INSTALL, admx(version).decode())]
    own += [
        _setting(f"{APP}: {BY_NAME[name].title}", address(BY_NAME[name]), value(BY_NAME[name], one))
        for name, one in values.items()
    ]
    document = {
        "@odata.type": "#microsoft.graph.windows10CustomConfiguration",
        "displayName": APP,
        "description": f"Settings of Twinreel {version}",
        "omaSettings": own,
    }
    return json.dumps(document, indent=2) + "\n"


def _setting(name: str, uri: str, text: str) -> dict[str, Any]:
    return {
        "@odata.type": "#microsoft.graph.omaSettingString",
        "displayName": name,
        "omaUri": uri,
        "value": text,
    }
