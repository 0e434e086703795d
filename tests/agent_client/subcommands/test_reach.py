"""The way from the command line to the client, where it is not the usual one."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from agent_client.certificate import make
from agent_client.certificate_folders import PEM, user_folder
from agent_client.config import Settings
from agent_client.subcommands.reach import PORTS_FILE, Client, NoAnswerError
from agent_client.workspace import loopback
from agent_client.workspace.loopback import LoopbackSettings
from agent_client.workspace.loopback_certificate import CertificatePlace, KeptCertificate
from contract.desk_workspace import WorkspaceConfig
from tests.agent_client.workspace.api_staging import api


def by_https(folder: Path) -> LoopbackSettings:
    pem = user_folder(folder) / PEM
    return LoopbackSettings(
        ports=(),
        https_ports=(0,),
        hosts=("127.0.0.1",),
        certificate=KeptCertificate((CertificatePlace("the user's own", pem, pem),)),
        folder=folder,
    )


def client(folder: Path) -> Client:
    return Client.of(Settings(folder / "config.toml", folder, "info", WorkspaceConfig()))


def test_the_ports_are_read_where_the_client_writes_them() -> None:
    assert PORTS_FILE == loopback.PORTS_FILE


async def test_where_the_client_serves_https_alone_it_is_reached_by_its_own_certificate(
    tmp_path: Path,
) -> None:
    make(user_folder(tmp_path))
    async with api(tmp_path, settings=by_https(tmp_path)):
        told = await asyncio.to_thread(client(tmp_path).ask, "GET", "state")
        assert told.agent is None


async def test_another_certificate_is_not_trusted(tmp_path: Path) -> None:
    make(user_folder(tmp_path))
    async with api(tmp_path, settings=by_https(tmp_path)):
        make(tmp_path / "another")
        (tmp_path / "another" / PEM).replace(user_folder(tmp_path) / PEM)
        with pytest.raises(NoAnswerError):
            await asyncio.to_thread(client(tmp_path).ask, "GET", "state")
