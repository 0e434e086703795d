"""macOS: policy is managed preferences, which a configuration profile brings.

The system writes them below /Library/Managed Preferences: those of the computer there, those of one
user in a folder of his name. Only what is forced is written there. Never run on macOS: checked by
types, review and tests with files of that form.
"""

from __future__ import annotations

import plistlib
from collections.abc import Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from contract.desk_config import Mistake
from contract.desk_layers import Layer, Source
from uploader.desk_settings.native import as_written
from uploader.desk_settings.places import Places

DOMAIN = "com.twinreel.agent"
MANAGED = "/Library/Managed Preferences"
_OF_THE_PROFILE = "Payload"  # keys that a profile has for itself


def policy(user: str, folder: str = MANAGED) -> Sequence[Source]:
    """The computer's decides over the user's."""
    places = [f"{folder}/{DOMAIN}.plist", *([f"{folder}/{user}/{DOMAIN}.plist"] if user else [])]
    return [_from_list(place) for place in places]


def _from_list(path: str) -> Source:
    try:
        held = plistlib.loads(Path(path).read_bytes())
    except (FileNotFoundError, NotADirectoryError):
        return Source(Layer.POLICY, path, found=False)
    except OSError as error:
        reason = f"it cannot be read: {error.strerror}"
        return _broken(path, reason)
    except (plistlib.InvalidFileException, ExpatError, ValueError, OverflowError):
        return _broken(path, "it is no property list")
    if not isinstance(held, dict):
        return _broken(path, "it is no dictionary")
    told = {name: value for name, value in held.items() if not name.startswith(_OF_THE_PROFILE)}
    return Source(Layer.POLICY, path, as_written(told))


def _broken(path: str, reason: str) -> Source:
    mistake = Mistake("the file", reason, "Install the profile anew.")
    return Source(Layer.POLICY, path, mistakes=(mistake,))


PLACES = Places(policy)
