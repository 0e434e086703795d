"""The section [workspace] of the desk's configuration: how the client meets Workspace. Pure."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Port = Annotated[int, Meta(ge=1, le=65_535)]


class WorkspaceConfig(msgspec.Struct, frozen=True, kw_only=True):
    """How the client meets Workspace."""

    loopback_ports: Annotated[
        tuple[Port, ...],
        Meta(
            title="Ports for Workspace",
            description="Workspace signs the agent in at the first of these ports that is free, on "
            "this computer. An empty list: by HTTPS alone.",
            extra={"msi": "PORT"},
        ),
    ] = (8080,)
    https_ports: Annotated[
        tuple[Port, ...],
        Meta(
            title="HTTPS ports for Workspace",
            description="The same by HTTPS, with the certificate for localhost: at the first of "
            "these ports that is free.",
            examples=[[443]],
            extra={"msi": "HTTPSPORT"},
        ),
    ] = ()
    loopback_host: Annotated[
        str,
        Meta(
            title="Loopback address",
            description="Where Workspace is listened for: 127.0.0.1, ::1 or localhost.",
            extra={"msi": ""},
        ),
    ] = "127.0.0.1"
    https_certificate: Annotated[
        str | None,
        Meta(
            title="Certificate for localhost",
            description="A PEM file; together with its key. Not given: the certificate that was "
            "made for this computer.",
            examples=["/etc/twinreel/localhost.pem"],
            extra={"msi": "HTTPSCERTIFICATE"},
        ),
    ] = None
    https_key: Annotated[
        str | None,
        Meta(
            title="Key of the certificate for localhost",
            description="A PEM file that the user can read; together with the certificate.",
            examples=["/etc/twinreel/localhost.key"],
            extra={"msi": "HTTPSKEY"},
        ),
    ] = None
    other_users: Annotated[
        bool,
        Meta(
            title="Programs of other users may call",
            description="Whether programs of other users of this computer may sign agents in here.",
            extra={"msi": "OTHERUSERS"},
        ),
    ] = False
    gws_url: Annotated[
        str | None,
        Meta(
            title="Genesys Web Services",
            description="Address of Genesys Web Services, for call events. Not given: the one "
            "that Workspace names.",
            examples=["https://gws.example"],
            extra={"msi": "GWSURL"},
        ),
    ] = None
    gws_api: Annotated[
        Literal["v3", "v2", "none"],
        Meta(
            title="Version of Genesys Web Services",
            description="v3; v2 on premises; none: call events come from elsewhere.",
            extra={"msi": "GWSAPI"},
        ),
    ] = "v3"
    client_id: Annotated[
        str | None,
        Meta(
            title="Client id at Genesys",
            description="The API client as which Twinreel signs in to Genesys Web Services.",
            examples=["twinreel"],
            extra={"msi": "CLIENTID"},
        ),
    ] = None
    client_secret: Annotated[
        str | None,
        Meta(
            title="Client secret at Genesys",
            description="The secret of that API client. Every user of the computer can read it "
            "here.",
            extra={"msi": "CLIENTSECRET", "secret": True},
        ),
    ] = None
