"""The layers of the desk's configuration: who decides, and what is said of mistakes."""

import pytest

from contract.desk_config import ConfigError
from contract.desk_layers import DEFAULT, Layer, Merged, Origin, Source, merged

CENTRAL = {"central": {"url": "https://central.example"}}
USUAL = Origin(Layer.MACHINE, "/etc/twinreel/twinreel.toml")


def policy(**tables: object) -> Source:
    return Source(Layer.POLICY, r"HKLM\Policies", tables, joint="\\")


def machine(**tables: object) -> Source:
    return Source(Layer.MACHINE, "/etc/t.toml", tables)


def user(**tables: object) -> Source:
    return Source(Layer.USER, "/home/kate/config.toml", tables)


def lines(found: Merged) -> list[str]:
    with pytest.raises(ConfigError) as refused:
        found.settled()
    return str(refused.value).splitlines()


def test_the_highest_layer_that_names_a_key_decides_key_by_key() -> None:
    found = merged(
        [
            policy(log_level="error"),
            machine(central={"url": "https://machine.example"}, log_level="debug"),
            user(central={"url": "https://user.example", "peer_url": "https://peer.example"}),
        ]
    )
    config = found.settled()
    assert config.log_level == "error"
    assert config.central.url == "https://machine.example"
    assert config.central.peer_url == "https://peer.example"
    assert config.workspace.loopback_ports == (8080,)


def test_every_value_knows_where_it_comes_from_and_whose_word_did_not_count() -> None:
    found = merged([policy(**CENTRAL), machine(**CENTRAL), user(language="de")])
    assert found.origins["central.url"] == (
        Origin(Layer.POLICY, r"HKLM\Policies\central"),
        Origin(Layer.MACHINE, "/etc/t.toml"),
    )
    assert found.origin("language").layer is Layer.USER
    assert found.origin("log_level") == DEFAULT


def test_a_policy_that_says_false_or_nothing_is_a_word_too() -> None:
    found = merged(
        [
            policy(workspace={"other_users": False, "https_ports": []}),
            machine(workspace={"other_users": True, "https_ports": [443]}, **CENTRAL),
        ]
    )
    assert found.settled().workspace.other_users is False
    assert found.settled().workspace.https_ports == ()


def test_a_mistake_names_its_layer_and_place() -> None:
    found = merged([policy(central={"url": "ftp://x"}), machine(log_level="loud")])
    level, address = lines(found)
    assert level.startswith("log_level (machine, /etc/t.toml): it must be one of")
    assert level.endswith('For instance: log_level = "info".')
    assert address == (
        r"central.url (policy, HKLM\Policies\central): it is no http address. "
        "Write https://<host>."
    )


def test_a_mistake_counts_even_where_a_higher_layer_decides() -> None:
    assert "user" in lines(merged([policy(log_level="info", **CENTRAL), user(log_level=3)]))[0]


def test_what_does_not_fit_together_is_said_where_one_of_the_two_was_written() -> None:
    found = merged([policy(**CENTRAL), machine(workspace={"https_key": "/k.pem"})])
    (line,) = lines(found)
    assert line.startswith("workspace.https_certificate (machine, /etc/t.toml): ")


def test_two_halves_from_two_layers_fit_together() -> None:
    found = merged(
        [
            policy(workspace={"https_key": "/k.pem"}, **CENTRAL),
            machine(workspace={"https_certificate": "/c.pem"}),
        ]
    )
    assert found.settled().workspace.https_key == "/k.pem"


def test_what_is_missing_everywhere_is_said_where_it_belongs() -> None:
    (line,) = lines(merged([policy(), machine()], USUAL))
    assert line.startswith("central.url (machine, /etc/twinreel/twinreel.toml): it is missing.")


@pytest.mark.parametrize("layer", [Layer.POLICY, Layer.INSTALLER])
def test_templates_and_installers_may_know_more_keys_than_the_program(layer: Layer) -> None:
    newer = Source(layer, "there", {"future": {"key": 1}, "central": {"colour": "red"}, "x": 2})
    found = merged([newer, machine(**CENTRAL)])
    assert found.settled().central.url == "https://central.example"
    assert {one.key for one in found.told} == {"future", "central.colour", "x"}
    assert all(one.place == "there" for one in found.told)


@pytest.mark.parametrize("layer", [Layer.NAMED, Layer.MACHINE, Layer.USER])
def test_an_unknown_key_in_a_file_is_a_mistake(layer: Layer) -> None:
    found = merged([policy(**CENTRAL), Source(layer, "here", {"log_levle": "info"})])
    (line,) = lines(found)
    assert "log_levle" in line
    assert "Did you mean log_level?" in line


def test_of_a_file_that_cannot_be_read_nothing_more_is_guessed() -> None:
    broken = merged([policy(), machine()]).mistakes[0]
    found = merged([Source(Layer.MACHINE, "/etc/t.toml", mistakes=(broken,)), user(log_level=3)])
    assert [one.key for one in found.mistakes] == [broken.key, "log_level"]


def test_no_value_is_repeated_in_what_describes_a_source() -> None:
    held = merged([machine(enrolment={"token": "TR1.abc.VERYSECRET"}, **CENTRAL)])
    assert "VERYSECRET" not in repr(held)
    assert "VERYSECRET" not in str(held.mistakes)
    assert "VERYSECRET" not in repr(machine(enrolment={"token": "VERYSECRET"}))
