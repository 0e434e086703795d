"""One configuration file for both desk programs."""

import pytest

from contract.desk_checks import parse
from contract.desk_config import ConfigError
from contract.protocol import EnrolmentToken

SMALLEST = '[central]\nurl = "https://central.example"\n'


def mistakes(text: str) -> dict[str, str]:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert all(mistake.remedy for mistake in caught.value.mistakes)
    return {mistake.key: mistake.reason for mistake in caught.value.mistakes}


def test_the_smallest_file_needs_only_centrals_address() -> None:
    config = parse(SMALLEST)
    assert config.central.url == "https://central.example"
    assert config.workspace.loopback_ports == (8080,)
    assert config.state_dir is None
    assert config.log_level == "info"


def test_every_key_is_read() -> None:
    token = str(EnrolmentToken("ab" * 32, "secret"))
    config = parse(f"""
        state_dir = "/srv/desk"
        log_level = "debug"
        [central]
        url = "https://central.example:8443/twinreel/"
        site_ca = "/etc/twinreel/ca.pem"
        [enrolment]
        token = "{token}"
        [workspace]
        loopback_ports = [8081]
        loopback_host = "::1"
        https_certificate = "/c.pem"
        https_key = "/k.pem"
        gws_url = "https://gws.example"
        client_id = "id"
        client_secret = "hush"
    """)
    assert config.central.url == "https://central.example:8443/twinreel"
    assert config.central.site_ca == "/etc/twinreel/ca.pem"
    assert config.enrolment.token == token
    assert config.workspace.loopback_host == "::1"
    assert config.workspace.gws_url == "https://gws.example"
    assert (config.state_dir, config.log_level) == ("/srv/desk", "debug")


def test_all_mistakes_are_told_at_once() -> None:
    found = mistakes("""
        state_dri = "/srv"
        log_level = "loud"
        [central]
        url = "http://central.example"
        [workspace]
        loopback_ports = [70000]
        loopback_host = "0.0.0.0"
        https_key = "/k.pem"
        client_secret = "hush"
        [enrolment]
        token = "half a token"
    """)
    assert set(found) == {
        "state_dri",
        "log_level",
        "central.url",
        "workspace.loopback_ports",
        "workspace.loopback_host",
        "workspace.https_certificate",
        "workspace.client_secret",
        "enrolment.token",
    }


def test_an_unknown_key_brings_the_nearest_known_one() -> None:
    with pytest.raises(ConfigError, match="Did you mean site_ca"):
        parse(SMALLEST + 'site_cq = "/ca.pem"\n')


def test_a_key_in_the_wrong_section_is_told_where_it_stands() -> None:
    with pytest.raises(ConfigError, match=r"It stands above all sections\."):
        parse(SMALLEST + 'log_level = "info"\n')
    with pytest.raises(ConfigError, match=r"It stands in \[enrolment\]\."):
        parse(SMALLEST + 'token = "x"\n')


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[upgrade]\nwait_minutes = 481", "it must be a number from 0 to 480"),
        ("[upgrade]\nwait_minutes = true", "it must be a number from 0 to 480"),
        ('[workspace]\nother_users = "yes"', "it must be true or false"),
        ("[workspace]\nloopback_ports = 8080", "it must be a list of numbers from 1 to 65535"),
        ('[workspace]\ngws_api = "v4"', 'it must be one of "v3", "v2", "none"'),
        ("[network]\nproxy_user = 3", "it must be text"),
    ],
)
def test_what_a_value_must_be_is_said_in_plain_words(line: str, reason: str) -> None:
    assert list(mistakes(f"{SMALLEST}{line}\n").values()) == [reason]


def test_without_centrals_address_nothing_goes() -> None:
    assert mistakes("") == {"central.url": "it is missing"}


@pytest.mark.parametrize(
    "url",
    [
        "central.example",
        "ftp://central.example",
        "https://",
        "https://me:pw@central.example",
        "https://central.example/?a=b",
        "https://central.example:99999",
        "https://[::1",
        "http://127.0.0.1.example",
    ],
)
def test_what_is_no_safe_address_is_refused(url: str) -> None:
    assert set(mistakes(f'[central]\nurl = "{url}"\n')) == {"central.url"}


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://[::1]:8000", "http://localhost"])
def test_http_is_allowed_to_the_machine_itself(url: str) -> None:
    assert parse(f'[central]\nurl = "{url}"\n').central.url == url


def test_a_wrong_kind_of_value_does_not_hide_the_next_mistake() -> None:
    found = mistakes('central = 3\nstate_dir = 4\n[workspace]\nloopback_ports = "8080"\n')
    assert {"central", "state_dir", "workspace.loopback_ports"} <= set(found)


def test_of_a_value_of_the_wrong_kind_nothing_more_is_said() -> None:
    found = mistakes("[central]\nurl = 3\n[workspace]\nhttps_key = 4\n")
    assert found == {"central.url": "it must be text", "workspace.https_key": "it must be text"}
    with pytest.raises(ConfigError) as caught:
        parse(SMALLEST + '[workspace]\nhttps_certificate = "/c.pem"\nhttps_key = 4\n')
    assert [one.key for one in caught.value.mistakes] == ["workspace.https_key"]


def test_workspace_may_sign_in_by_https_alone_but_must_somewhere() -> None:
    nowhere = SMALLEST + "[workspace]\nloopback_ports = []\n"
    assert set(mistakes(nowhere)) == {"workspace.loopback_ports"}
    assert parse(nowhere + "https_ports = [8443]\n").workspace.https_ports == (8443,)


def test_text_that_is_no_toml_is_one_mistake() -> None:
    assert set(mistakes("central = [")) == {"the file"}


def test_a_windows_path_in_double_quotes_is_told_how_it_is_written() -> None:
    with pytest.raises(ConfigError, match="single quotes"):
        parse('language = "de"\nstate_dir = "C:\\users"\n')
    assert parse("state_dir = 'C:\\users'\n" + SMALLEST).state_dir == "C:\\users"
    with pytest.raises(ConfigError, match="Mend that line"):
        parse("a = 'C:\\x'\ncentral = [")


def test_a_bad_token_is_not_repeated_in_the_error() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(SMALLEST + '[enrolment]\ntoken = "TR1.abc.VERYSECRET"\n')
    assert "VERYSECRET" not in str(caught.value)
