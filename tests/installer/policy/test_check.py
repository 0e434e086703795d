"""The checker of templates finds what is planted, and nothing in ours."""

from pathlib import Path

import pytest

from installer.policy.admx import adml, admx
from installer.policy.check import findings, grammar_findings
from installer.policy.wording import WORDINGS

_ADMX = admx("1.2.3").decode()
_ADML = {one.culture: adml(one, "1.2.3") for one in WORDINGS}


def _english(old: str = "", new: str = "") -> dict[str, bytes]:
    text = _ADML["en-US"].decode()
    assert old in text
    return {"en-US": text.replace(old, new).encode()}


def test_ours_hold(tmp_path: Path) -> None:
    assert findings(_ADMX.encode(), _ADML) == []
    for name, text in {"Twinreel.admx": _ADMX.encode(), **_ADML}.items():
        (tmp_path / name).write_bytes(text)
        assert grammar_findings(tmp_path / name) == [], name


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("$(string.log_level_info)", "$(string.nowhere)", "en-US: string nowhere is missing"),
        ('<parentCategory ref="central" />', '<parentCategory ref="centre" />', "centre"),
        ('<supportedOn ref="supported" />', '<supportedOn ref="windows:Any" />', "windows:Any"),
        ('name="central_peer_url"', 'name="central_url"', "central_url: 2 policies"),
        ('valueName="peer_url"', 'valueName="url"', "url: 2 fields write it"),
        (
            'key="Software\\Policies\\Twinreel\\upgrade"',
            'key="Software\\Twinreel\\upgrade"',
            "not below Software\\Policies",
        ),
        (
            'key="Software\\Policies\\Twinreel\\upgrade"',
            'key="Software\\Policies\\Microsoft\\upgrade"',
            "Intune takes no policy",
        ),
        (' valueName="other_users"', "", "workspace_other_users: it writes nothing"),
        ("disabledValue>", "enabledList>", "does not say what enabled and disabled write"),
        ('minValue="0"', 'minValue="481"', "no number is between 481"),
        ("<string>v2</string>", "<string>v3</string>", "choices are not different ones"),
        ('id="network_proxy"', 'id="proxy"', "field without control"),
        (' presentation="$(presentation.network_proxy)"', "", "nothing shows its fields"),
        ('maxValue="480"', 'maxValue="20"', "the default 30 is out of bounds"),
        ('minRequiredRevision="1.203"', 'minRequiredRevision="1.204"', "older than 1.204"),
    ],
)
def test_a_fault_in_the_admx_is_found(old: str, new: str, told: str) -> None:
    assert old in _ADMX
    assert any(told in one for one in findings(_ADMX.replace(old, new).encode(), _english()))


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('<string id="central_url">', '<string id="centre_url">', "string central_url is missing"),
        ('<string id="central_url">', '<string id="centre_url">', "centre_url is used nowhere"),
        ('<presentation id="central_url">', '<presentation id="x">', "nothing shows its fields"),
        ("<textBox refId", "<listBox refId", "a listBox cannot show"),
        ('defaultItem="1"', 'defaultItem="9"', "there is no choice number 9"),
        (">Address of central</string>", "></string>", "string central_url is empty"),
    ],
)
def test_a_fault_in_the_adml_is_found(old: str, new: str, told: str) -> None:
    adml_text = _english(old, new)
    adml_text["en-US"] = (
        adml_text["en-US"].replace(b"</textBox>", b"</listBox>")
        if "listBox" in new
        else adml_text["en-US"]
    )
    assert any(told in one for one in findings(_ADMX.encode(), adml_text))


def test_without_english_there_is_nothing_to_fall_back_to() -> None:
    others = {culture: text for culture, text in _ADML.items() if culture != "en-US"}
    assert findings(_ADMX.encode(), others) == ["there is no en-US, which Windows falls back to"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (' class="Machine"', ' class="Computer"'),
        ('schemaVersion="1.0"', 'schemaVersion="one"'),
        ('name="central_url"', 'name="central.url"'),
        ("<elements>", "<elements><slider id='a' valueName='b' />"),
        ('maxValue="480"', 'maxValue="-1"'),
        ("$(string.supported)", "string.supported"),
    ],
)
def test_what_the_format_does_not_know_is_found(old: str, new: str, tmp_path: Path) -> None:
    assert old in _ADMX
    file = tmp_path / "Twinreel.admx"
    file.write_text(_ADMX.replace(old, new), "utf-8")
    assert grammar_findings(file)


def test_without_xmllint_the_grammar_is_not_said_to_hold(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert grammar_findings(tmp_path / "Twinreel.admx") is None
