from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

import msgspec
import pytest

from agent_client.certificate import make
from agent_client.certificate_folders import PEM, user_folder
from agent_client.meaning import capture_settings, gws_settings, loopback_settings, rules
from contract.canonical import b64
from contract.desk_config import ConfigError
from contract.desk_workspace import WorkspaceConfig
from contract.policy import Capture, Policy, PublicKey, Selection, SelectionRule

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def key(kid: str, begins: datetime, ends: datetime) -> PublicKey:
    return PublicKey(kid=kid, public=b64(bytes(32)), not_before=begins, not_after=ends)


POLICY = Policy(
    version=1,
    issued_at=NOW,
    expires_at=NOW + DAY,
    selection=Selection(
        percentage=Decimal("12.50"),
        salt="s",
        rules=(SelectionRule(percentage=Decimal(100), agent="kate"),),
    ),
    capture=Capture(frames_per_second=4, segment_seconds=60),
    details_keys=("Segment",),
    seal_to=(
        key("now", NOW - DAY, NOW + DAY),
        key("past", NOW - DAY, NOW),
        key("future", NOW + DAY, NOW + DAY),
    ),
    receipt_keys=(),
)


def test_only_keys_in_force_are_sealed_to() -> None:
    settings = capture_settings(POLICY, "desk-7", NOW)
    assert [recipient.kid for recipient in settings.recipients] == ["now"]
    assert settings.segment_length == timedelta(seconds=60)
    assert settings.device_id == "desk-7"
    assert settings.details_keys == {"Segment"}


def test_nothing_is_sealed_to_the_escrow_key_alone() -> None:
    escrow = PublicKey(
        kid="e", public=b64(bytes(32)), not_before=NOW - DAY, not_after=NOW + 9 * DAY, escrow=True
    )
    both = msgspec.structs.replace(POLICY, seal_to=(*POLICY.seal_to, escrow))
    settings = capture_settings(both, "desk-7", NOW)
    assert [recipient.kid for recipient in settings.recipients] == ["now", "e"]
    assert capture_settings(both, "desk-7", NOW + 2 * DAY).recipients == ()


def test_without_a_policy_there_is_nobody_to_seal_to() -> None:
    assert capture_settings(None, "", NOW).recipients == ()


def test_each_agent_has_a_percentage() -> None:
    assert rules(POLICY, "kate").percentage == "100"
    assert rules(POLICY, "john").percentage == "12.50"
    assert rules(POLICY, "").agent_id == ""  # nobody's: calls wait for whose they are


def test_absent_credentials_are_empty() -> None:
    settings = gws_settings(WorkspaceConfig(gws_url="https://gws.example"))
    assert (settings.url, settings.client_id, settings.client_secret) == (
        "https://gws.example",
        "",
        "",
    )


@pytest.mark.parametrize("api", ["v3", "v2", "none"])
def test_the_web_services_speak_as_configured(api: Literal["v3", "v2", "none"]) -> None:
    assert gws_settings(WorkspaceConfig(gws_api=api)).api == api
    assert gws_settings(WorkspaceConfig()).api == "v3"


def test_the_endpoint_listens_on_both_loopback_addresses_unless_one_is_named(
    tmp_path: Path,
) -> None:
    assert loopback_settings(WorkspaceConfig(loopback_ports=(8081,)), tmp_path).ports == (8081,)
    assert loopback_settings(WorkspaceConfig(), tmp_path).hosts == ("127.0.0.1", "::1")
    assert loopback_settings(WorkspaceConfig(loopback_host="127.0.0.2"), tmp_path).hosts == (
        "127.0.0.2",
    )


def test_a_certificate_that_cannot_be_used_is_said_with_its_key(tmp_path: Path) -> None:
    missing = str(tmp_path / "none.pem")
    config = WorkspaceConfig(https_certificate=missing, https_key=missing)
    with pytest.raises(ConfigError, match=r"workspace\.https_certificate"):
        loopback_settings(config, tmp_path)


def test_a_configured_certificate_goes_before_those_made_for_user_and_computer(
    tmp_path: Path,
) -> None:
    configured, state, machine = (tmp_path / name for name in ("configured", "state", "machine"))
    shown = []
    for folder in (machine, user_folder(state), configured):
        make(folder)
        pem = str(configured / PEM) if folder is configured else None
        config = WorkspaceConfig(https_certificate=pem, https_key=pem)
        certificate = loopback_settings(config, state, machine).certificate
        assert certificate is not None
        certificate.look()
        shown.append(certificate.whose)
    assert shown == ["the computer's", "the user's own", "the configured"]


def test_other_users_may_call_only_where_that_is_said(tmp_path: Path) -> None:
    assert loopback_settings(WorkspaceConfig(), tmp_path).who_calls is not None
    assert loopback_settings(WorkspaceConfig(other_users=True), tmp_path).who_calls is None


def test_what_agents_are_to_be_told_is_handed_on() -> None:
    told = msgspec.structs.replace(POLICY, notice="Questions: works council, room 4.")
    assert rules(told, "kate").notice == "Questions: works council, room 4."
