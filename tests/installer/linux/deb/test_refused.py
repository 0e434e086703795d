"""What goes wrong when the package is installed: a clear word, and nothing half done."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.installer.linux.deb.conftest import Layers, Packages
from tests.installer.linux.deb.fresh import USER, Machine, Said, small_disk

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(600)]

Machines = Callable[..., Machine]
_NOTHING = ("", "un", "pn", "in")  # as dpkg writes: there is none


def is_untouched(machine: Machine) -> bool:
    return machine.status() in _NOTHING and machine.leftovers() == []


def test_without_its_libraries_nothing_is_unpacked(machine: Machines, packages: Packages) -> None:
    desk = machine(bare=True)
    said = desk.run("dpkg", "--install", desk.bring(packages.present))
    assert said.status != 0
    assert "pre-dependency problem" in said.text
    assert is_untouched(desk)


def test_a_user_cannot_install_it(machine: Machines, packages: Packages) -> None:
    desk = machine(libraries=True)
    file = desk.bring(packages.present)
    said = desk.run("dpkg", "--install", file, user=USER)
    assert said.status != 0
    assert "superuser privilege" in said.text
    assert is_untouched(desk)


def test_too_small_a_disk_is_said_before_anything_is_unpacked(
    machine: Machines, packages: Packages
) -> None:
    desk = machine(libraries=True)
    with small_disk(desk.root / "opt", "100m"):
        said = desk.apt("install", desk.bring(packages.present))
        assert said.status != 0
        assert "/opt has 100 MiB free" in said.text
        assert is_untouched(desk)


def test_a_disk_that_fills_up_on_the_way_leaves_nothing_behind(
    machine: Machines, packages: Packages
) -> None:
    desk = machine(libraries=True)
    with small_disk(desk.root / "usr" / "share" / "icons", "8k"):
        said = desk.apt("install", desk.bring(packages.present))
        assert said.status != 0
        assert "No space left on device" in said.text
        assert is_untouched(desk)


def test_an_upgrade_for_which_there_is_no_room_keeps_what_was_there(
    machine: Machines, packages: Packages
) -> None:
    desk = machine()
    before = desk.do("twinreel-agent", "--version")
    with small_disk(desk.root / "usr" / "share" / "icons", "8k"):
        said = desk.run("dpkg", "--install", desk.bring(packages.following))
        assert said.status != 0
    assert desk.status() == "ii"
    assert desk.do("twinreel-agent", "--version") == before
    assert desk.do("dpkg", "--verify", "twinreel") == ""
    assert not (desk.root / "run/twinreel/make-way.json").exists()


def test_what_the_configuration_lacks_is_said_and_the_package_is_installed(layers: Layers) -> None:
    assert "central.url" in layers.said
    assert "examples/twinreel.toml" in layers.said
    assert "half" not in layers.said


def test_a_wrong_configuration_is_said_with_place_and_remedy(machine: Machines) -> None:
    desk = machine()
    configure(desk, '[central]\nurl = "ftp://central"\nurk = 1\n')
    said = reconfigured(desk)
    assert said.status == 0
    assert desk.status() == "ii"
    for word in ("/etc/twinreel/twinreel.toml", "central.url", "central.urk", "https://<host>"):
        assert word in said.text


def test_a_right_configuration_needs_no_word(machine: Machines) -> None:
    desk = machine()
    configure(desk, '[central]\nurl = "https://central.example"\n')
    said = reconfigured(desk)
    assert said.status == 0
    assert "twinreel:" not in said.text


def test_a_token_that_is_none_is_said(machine: Machines) -> None:
    desk = machine()
    configure(desk, '[central]\nurl = "https://central.example"\n[enrolment]\ntoken = "TR1.x"\n')
    said = reconfigured(desk)
    assert "enrolment.token" in said.text
    assert "TR1.x" not in said.text


def test_a_purge_keeps_the_spools_of_users_from_which_something_is_unsent(
    machine: Machines,
) -> None:
    desk = machine()
    spools = desk.root / "var/spool/twinreel"
    unsent = spools / "ann" / "spool" / "5f0c" / "journal.jsonl"
    set_aside = spools / "bob" / "spool" / "quarantine" / "77aa" / "journal.jsonl"
    empty = spools / "eve" / "spool" / "sent.jsonl"
    for file in (unsent, set_aside, empty):
        file.parent.mkdir(parents=True)
        file.write_text("{}\n", encoding="utf-8")
    (spools / "mallory").symlink_to("/etc")
    said = desk.apt("purge", "twinreel")
    assert said.status == 0
    assert unsent.exists()
    assert set_aside.exists()
    assert not empty.exists()
    assert (desk.root / "etc/passwd").exists()
    for name in ("ann", "bob"):
        assert (
            f"kept: 1 recording(s) that central has not confirmed, in /var/spool/twinreel/{name}"
            in said.text
        )
    assert "eve" not in said.text


def test_a_purge_leaves_nothing_where_all_is_sent_and_no_certificate_either(
    machine: Machines,
) -> None:
    desk = machine()
    desk.do("twinreel-agent", "certificate", "make")
    trusted = desk.root / "usr/local/share/ca-certificates/twinreel-localhost-0011.crt"
    trusted.parent.mkdir(parents=True, exist_ok=True)
    trusted.write_bytes((desk.root / "var/lib/twinreel/tls/authority.crt").read_bytes())
    assert desk.apt("purge", "twinreel").status == 0
    named = desk.do("find", "/", "-xdev", "-name", "*twinreel*", "-not", "-path", "/root/*")
    assert named == ""


def configure(desk: Machine, text: str) -> None:
    (desk.root / "etc/twinreel/twinreel.toml").write_text(text, encoding="utf-8")


def reconfigured(desk: Machine) -> Said:
    """What the package's script says once more."""
    return desk.run("dpkg-reconfigure", "twinreel")
