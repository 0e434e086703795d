"""How the service's own desk and those who carry for it share what is secret."""

from __future__ import annotations

from pathlib import Path

import pytest

from contract.desk_config import CentralConfig, DeskConfig, EnrolmentConfig
from contract.desk_network import NetworkConfig
from tests.uploader.false_central import FalseCentral
from tests.uploader.network import Authority, door, proxy
from tests.uploader.recordings import spooled
from uploader.app.standing import Standing
from uploader.config import Settings
from uploader.credentials import PROXY
from uploader.machine_secrets import MachineSecrets
from uploader.route import RulesBrokenError, trust
from uploader.service.carrying import Desk, carry, desk_of, tend
from uploader.spool import Spool


def _rules(file: Path, port: int) -> None:
    file.write_text(f"function FindProxyForURL(url, host) {{ return 'PROXY 127.0.0.1:{port}'; }}")


def test_a_user_cannot_have_the_proxys_password_told_to_a_proxy_of_his(tmp_path: Path) -> None:
    """What he can change is what a process of his says of the rules: none is started."""
    site, held = Authority(tmp_path), FalseCentral()
    own, state, rules = tmp_path / "own", tmp_path / "state", tmp_path / "proxy.pac"
    with (
        door(held, site.server("central.example")) as central,
        proxy(central.port, password="DESK:word") as way,
        proxy(central.port) as his,
    ):
        _rules(rules, way.port)
        desk = DeskConfig(
            central=CentralConfig(url="https://central.example", site_ca=site.pem),
            network=NetworkConfig(pac_url=rules.as_uri(), proxy_user="DESK"),
            enrolment=EnrolmentConfig(token=str(held.token)),
        )
        settings = Settings(desk, state, trust(site.pem))
        MachineSecrets(own / "secrets").write(PROXY, "word")
        assert tend(settings, own)
        _rules(rules, his.port)
        spool = Spool(state / "spool", ballast_bytes=0, reserve_bytes=0)
        recording_id = spooled(spool, 1000)
        found = desk_of(own)
        assert found is not None
        carry(settings, found, state)
    assert recording_id in held.taken
    assert his.passed == 0
    assert "word" not in repr(found)


def test_where_the_service_was_told_no_rules_yet_nobody_else_is_asked() -> None:
    desk = Desk(Standing(), MachineSecrets(Path("none")))
    with pytest.raises(RulesBrokenError):
        desk.ask_rules("http://rules.example", ["https://central.example"], None)
