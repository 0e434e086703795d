"""The layers of the desk's configuration: who decides, and what is said of mistakes."""

import pytest

from contract.desk_config import ConfigError, Mistake
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
    found = merged([policy(log_level="info", **CENTRAL), machine(log_level=3)])
    assert "machine" in lines(found)[0]


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


@pytest.mark.parametrize("layer", [Layer.NAMED, Layer.MACHINE])
def test_an_unknown_key_in_a_file_is_a_mistake(layer: Layer) -> None:
    found = merged([policy(**CENTRAL), Source(layer, "here", {"log_levle": "info"})])
    (line,) = lines(found)
    assert "log_levle" in line
    assert "Did you mean log_level?" in line


def test_of_a_file_that_cannot_be_read_nothing_more_is_guessed() -> None:
    broken = merged([policy(), machine()]).mistakes[0]
    named = Source(Layer.NAMED, "/n.toml", {"log_level": 3})
    found = merged([Source(Layer.MACHINE, "/etc/t.toml", mistakes=(broken,)), named])
    assert [one.key for one in found.mistakes] == [broken.key, "log_level"]


def passed_over(found: Merged) -> list[tuple[str, str]]:
    found.settled()  # nothing of it stops the programs
    assert all(one.layer == "user" for one in found.of_user)
    return [(one.key, one.reason) for one in found.of_user]


@pytest.mark.parametrize(
    ("tables", "key"),
    [
        ({"log_level": "loud"}, "log_level"),
        ({"log_levle": "info"}, "log_levle"),
        ({"central": 3}, "central"),
        ({"central": {"url": 7}}, "central.url"),
        ({"central": {"url": "ftp://x"}}, "central.url"),
        ({"central": {"peer_url": "https://central.example"}}, "central.peer_url"),
        ({"central": {"site_ca": "\0"}}, "central.site_ca"),
        ({"workspace": {"loopback_host": "0.0.0.0"}}, "workspace.loopback_host"),  # noqa: S104 what is refused
        ({"workspace": {"loopback_ports": []}}, "workspace.loopback_ports"),
        ({"workspace": {"https_key": "/k.pem"}}, "workspace.https_certificate"),
        ({"workspace": {"client_secret": "x"}}, "workspace.client_secret"),
        ({"network": {"client_certificate": "/c.pem"}}, "network.client_certificate"),
        ({"network": {"proxy": "nonsense"}}, "network.proxy"),
        ({"network": {"proxy_user": ":"}}, "network.proxy_user"),
        ({"enrolment": {"token": "nonsense"}}, "enrolment.token"),
        ({"upgrade": {"wait_minutes": 1000}}, "upgrade.wait_minutes"),
    ],
)
def test_a_users_mistake_is_passed_over_and_told_and_the_rest_of_his_word_holds(
    tables: dict[str, object], key: str
) -> None:
    usual = merged([machine(**CENTRAL), user(language="de")]).settled()
    found = merged([machine(**CENTRAL), user(language="de", **tables)])
    if key != "central.url":  # the machine's stands over the user's
        assert found.settled() == usual
    else:
        found = merged([user(language="de", **tables), Source(Layer.INSTALLER, "HKLM", CENTRAL)])
        assert found.settled() == usual
        assert found.origin("central.url").layer is Layer.INSTALLER
    ((said, _),) = passed_over(found)
    assert said == key


def test_a_users_file_that_cannot_be_read_is_passed_over_as_a_whole() -> None:
    broken = merged([policy(), machine()]).mistakes[0]
    found = merged([machine(**CENTRAL), Source(Layer.USER, "/u.toml", mistakes=(broken,))])
    assert [key for key, _ in passed_over(found)] == [broken.key]


def test_a_users_mistake_on_a_key_that_must_be_given_leaves_it_missing() -> None:
    found = merged([machine(), user(central={"url": "ftp://x"})], USUAL)
    missing, why = lines(found)
    assert missing.startswith("central.url (machine, /etc/twinreel/twinreel.toml): it is missing.")
    assert why.startswith("central.url (user, /home/kate/config.toml): it is no http address.")


def test_a_user_cannot_make_his_computers_word_a_mistake() -> None:
    of_it: dict[str, object] = {"network": {"proxy_user": "desks"}, **CENTRAL}
    found = merged([machine(**of_it), user(network={"proxy": "none"})])
    assert passed_over(found) == [("network.proxy_user", "no proxy is used")]
    assert found.settled() == merged([machine(**of_it)]).settled()
    found = merged([machine(central={"peer_url": "https://c.example"}), user(**CENTRAL)])
    assert found.settled().central.url == "https://central.example"
    twice = user(central={"url": "https://c.example"})
    found = merged([machine(central={"peer_url": "https://c.example"}), twice], USUAL)
    assert [one.key for one in found.mistakes] == ["central.url"]  # missing now


def test_half_a_pair_of_the_computers_is_its_own_mistake_whatever_the_user_says() -> None:
    half = machine(workspace={"https_key": "/k.pem"}, **CENTRAL)
    found = merged([half, user(workspace={"https_certificate": 3})])
    assert [one.layer for one in found.mistakes] == ["machine"]


def test_files_of_the_users_that_cannot_be_used_take_what_belongs_to_them_along() -> None:
    pair = user(workspace={"https_certificate": "/c.pem", "https_key": "/k.pem"})
    whole = merged([machine(**CENTRAL), pair])
    wrong = whole.origin("workspace.https_key").of(Mistake("workspace.https_key", "gone", "Go."))
    found = merged([machine(**CENTRAL), pair], unusable=[wrong])
    assert found.settled() == merged([machine(**CENTRAL)]).settled()
    assert [key for key, _ in passed_over(found)] == [
        "workspace.https_key",
        "workspace.https_certificate",
    ]


def test_no_value_is_repeated_in_what_describes_a_source() -> None:
    held = merged([machine(enrolment={"token": "TR1.abc.VERYSECRET"}, **CENTRAL)])
    assert "VERYSECRET" not in repr(held)
    assert "VERYSECRET" not in str(held.mistakes)
    assert "VERYSECRET" not in repr(machine(enrolment={"token": "VERYSECRET"}))
