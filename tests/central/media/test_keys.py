import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from central.media import keys
from contract.envelope import Sealer
from contract.signing import key_id

NOW = datetime(2026, 11, 22, tzinfo=UTC)


def test_keys_are_made_once(tmp_path: Path) -> None:
    keys.ensure(tmp_path, NOW)
    first = keys.load(tmp_path)
    keys.ensure(tmp_path, NOW)
    assert keys.load(tmp_path).root_public == first.root_public


def test_keys_are_open_to_central_alone(tmp_path: Path) -> None:
    keys.ensure(tmp_path / "keys", NOW)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "keys").iterdir()}
    assert modes == {0o600}


def test_desks_seal_to_the_key_in_use_and_to_the_escrow(tmp_path: Path) -> None:
    keys.ensure(tmp_path, NOW)
    held = keys.load(tmp_path)
    assert len(held.seal_to) == 2
    assert list(held.opening) == [held.seal_to[0].kid]
    assert all(key_id(one.public) == one.kid for one in held.recipients)
    assert Sealer({}, held.recipients, bytes(32)).header


def test_central_works_without_the_private_half_of_the_escrow(tmp_path: Path) -> None:
    keys.ensure(tmp_path, NOW)
    [offline] = tmp_path.glob("escrow-*.offline.json")
    offline.unlink()
    assert len(keys.load(tmp_path).seal_to) == 2


def test_a_first_run_that_was_cut_is_begun_again(tmp_path: Path) -> None:
    keys.ensure(tmp_path, NOW)
    [root] = tmp_path.glob("root-*")
    root.unlink()
    with pytest.raises(keys.KeysError, match="root"):
        keys.load(tmp_path)
    keys.ensure(tmp_path, NOW)
    assert keys.load(tmp_path).root_public


def test_a_broken_key_is_named(tmp_path: Path) -> None:
    keys.ensure(tmp_path, NOW)
    [path] = tmp_path.glob("receipt-*")
    path.write_text("{}")
    with pytest.raises(keys.KeysError, match="receipt"):
        keys.load(tmp_path)
