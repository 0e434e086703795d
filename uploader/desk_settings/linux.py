"""Linux: policy is /etc/twinreel/policy.d/*.toml, in order of name; the later file wins."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from contract.desk_config import Mistake
from contract.desk_layers import Layer, Source
from uploader.desk_settings.files import from_file
from uploader.desk_settings.places import Places

POLICY_FOLDER = "/etc/twinreel/policy.d"


def policy(_user: str, folder: str = POLICY_FOLDER) -> Sequence[Source]:
    """One source for each file, highest first."""
    try:
        found = sorted(
            one.name
            for one in Path(folder).iterdir()
            if one.suffix == ".toml" and one.stem[0] != "."
        )
    except (FileNotFoundError, NotADirectoryError):
        return (Source(Layer.POLICY, folder, found=False),)
    except OSError as error:
        mistake = Mistake(
            "the folder", f"it cannot be read: {error.strerror}", "Let every user read it."
        )
        return (Source(Layer.POLICY, folder, mistakes=(mistake,)),)
    if not found:
        return (Source(Layer.POLICY, folder, found=False),)
    return [from_file(Layer.POLICY, f"{folder}/{name}") for name in reversed(found)]


PLACES = Places(policy)
