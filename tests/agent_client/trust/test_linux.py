"""The Linux computer's store, with the system's own command where it is there."""

import shutil
import ssl
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from agent_client.certificate import prepare
from agent_client.trust import CannotTrust
from agent_client.trust.linux import LinuxStore, linux_store, system_environment

if sys.platform == "win32":
    pytest.skip("its commands are Linux'", allow_module_level=True)

_AUTHORITY = prepare().made.authority
_OTHER = prepare().made.authority
_READ = ("true",)


def _real_store(folder: Path) -> tuple[LinuxStore, Path]:
    """Debian's command upon folders of our own, and the bundle that it writes."""
    command = shutil.which("update-ca-certificates", path="/usr/sbin:/usr/bin")
    assert command, "the Debian package ca-certificates is not there"
    anchors, made, hooks = folder / "anchors", folder / "made", folder / "hooks"
    for one in (anchors, made, hooks):
        one.mkdir()
    (folder / "conf").write_text("# none of the usual ones\n")  # empty, all is always made anew
    options = ["--certsconf", folder / "conf", "--certsdir", folder, "--hooksdir", hooks]
    places = ["--localcertsdir", anchors, "--etccertsdir", made]
    (anchors / "company.crt").write_bytes(_OTHER.public_bytes(serialization.Encoding.PEM))
    store = LinuxStore(anchors, (command, *map(str, [*options, *places])), ("--fresh",))
    return store, made / "ca-certificates.crt"


def _trusted(bundle: Path) -> set[bytes]:
    context = ssl.create_default_context(cafile=str(bundle))
    return set(context.get_ca_certs(binary_form=True))


def test_the_system_trusts_what_was_added_until_it_is_taken_out(tmp_path: Path) -> None:
    store, bundle = _real_store(tmp_path)
    assert not store.trusts(_AUTHORITY)
    store.add(_AUTHORITY)
    assert store.trusts(_AUTHORITY)
    assert _trusted(bundle) == {_der(_AUTHORITY), _der(_OTHER)}
    store.remove(_AUTHORITY)
    assert not store.trusts(_AUTHORITY)
    assert _trusted(bundle) == {_der(_OTHER)}
    assert [path for path in bundle.parent.iterdir() if not path.exists()] == []  # no dead links


def _der(authority: x509.Certificate) -> bytes:
    return authority.public_bytes(serialization.Encoding.DER)


def test_two_may_be_in_it_so_that_none_is_missing_while_one_replaces_the_other(
    tmp_path: Path,
) -> None:
    store = LinuxStore(tmp_path, _READ)
    store.add(_AUTHORITY)
    store.add(_OTHER)
    store.remove(_AUTHORITY)
    assert (store.trusts(_AUTHORITY), store.trusts(_OTHER)) == (False, True)


def test_what_was_not_in_it_is_taken_out_without_a_word(tmp_path: Path) -> None:
    LinuxStore(tmp_path, ("/no/such/command",)).remove(_AUTHORITY)


def test_a_command_that_fails_is_told_and_leaves_nothing(tmp_path: Path) -> None:
    failing = LinuxStore(tmp_path, ("/bin/sh", "-c", "echo the disk is full >&2; exit 1"))
    with pytest.raises(CannotTrust, match="the disk is full"):
        failing.add(_AUTHORITY)
    assert list(tmp_path.iterdir()) == []


def test_a_user_cannot_have_the_computer_trust_anybody(tmp_path: Path) -> None:
    store = linux_store(machine=False)
    assert not store.trusts(_AUTHORITY)
    with pytest.raises(CannotTrust, match="only an administrator"):
        store.add(_AUTHORITY)
    store.remove(_AUTHORITY)
    assert "policy" in store.advice(tmp_path, _AUTHORITY)


def test_the_systems_command_finds_the_systems_libraries() -> None:
    ours = {"LD_LIBRARY_PATH": "/opt/twinreel/_internal", "LANG": "C", "PATH": "/home/kate/bin"}
    assert system_environment(ours) == {
        "LANG": "C",
        "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    }
    before = system_environment({**ours, "LD_LIBRARY_PATH_ORIG": "/lib/of/it"})
    assert before["LD_LIBRARY_PATH"] == "/lib/of/it"
