"""The samples can be used as they are, but for the token."""

import re

import pytest

from contract.desk_checks import parse
from contract.desk_config import ConfigError
from contract.desk_keys import KEYS, Key
from installer.policy.samples import configuration_file, policy_file

_SAMPLE = configuration_file()


def _with(*names: str) -> str:
    """The sample file with these keys taken out of their comments."""
    lines, section = [], ""
    for line in _SAMPLE.splitlines():
        if line.startswith("["):
            section = line.strip("[]") + "."
        word = re.match(r"#(\w+) = ", line)
        lines.append(line[1:] if word and f"{section}{word[1]}" in names else line)
    return "\n".join(lines)


def test_the_sample_as_it_is_sets_nothing() -> None:
    with pytest.raises(ConfigError) as raised:
        parse(_SAMPLE)
    assert [one.key for one in raised.value.mistakes] == ["central.url"]


@pytest.mark.parametrize("key", KEYS, ids=lambda key: key.name)
def test_each_key_of_the_sample_is_one_that_the_programs_take(key: Key) -> None:
    together = {
        "network.client_certificate": "network.client_key",
        "workspace.https_certificate": "workspace.https_key",
        "workspace.client_id": "workspace.client_secret",
    }
    pair = together.get(key.name) or {b: a for a, b in together.items()}.get(key.name, "")
    text = _with("central.url", key.name, pair)
    if "secret" in key.name + pair:
        text = text.replace('client_secret = ""', 'client_secret = "x"')
    if key.name == "enrolment.token":  # an example that looked real would be left in
        with pytest.raises(ConfigError, match=r"enrolment\.token"):
            parse(text)
    else:
        parse(text)


def test_the_sample_policy_wants_a_token_of_your_own() -> None:
    text = policy_file()
    with pytest.raises(ConfigError) as raised:
        parse(text)
    assert [one.key for one in raised.value.mistakes] == ["enrolment.token"]
    assert parse(re.sub(r"(?m)^token.*$", "", text)).central.url == "https://central.example"
