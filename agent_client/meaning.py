"""What policy and configuration mean to each part of the client, in that part's own terms."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from agent_client.capture.settings import CaptureSettings, ScreenSettings, WindowPattern
from agent_client.certificate_folders import PEM, machine_folder, user_folder
from agent_client.config import VERSION
from agent_client.core.events import PolicyChanged
from agent_client.host.peers import who_calls
from agent_client.workspace.gws_session import GwsSettings
from agent_client.workspace.loopback import LoopbackSettings
from agent_client.workspace.loopback_certificate import CertificatePlace, KeptCertificate
from contract.desk_config import ConfigError, Mistake
from contract.desk_workspace import WorkspaceConfig
from contract.envelope import Recipient
from contract.policy import Capture, Policy


def capture_settings(policy: Policy | None, device_id: str, now: datetime) -> CaptureSettings:
    """For the recorder. `now` by central's clock: keys that are not in force are left out.

    Without a policy there is nobody to seal to, and so nothing can be recorded.
    """
    capture = policy.capture if policy is not None else Capture()
    return CaptureSettings(
        screen=ScreenSettings(
            frames_per_second=capture.frames_per_second,
            monitor=capture.monitor,
            workspace_title=capture.workspace_title,
            exclude=tuple(WindowPattern(one.application, one.title) for one in capture.exclude),
            click_marker=capture.click_marker,
            method=capture.method,
            mask_own=policy is not None and policy.desk.pill,
        ),
        quantiser=capture.quantiser,
        bits_per_second=capture.bits_per_second,
        cpu_share=capture.cpu_share,
        segment_length=timedelta(seconds=capture.segment_seconds),
        flush_length=timedelta(seconds=capture.flush_seconds),
        recipients=_recipients(policy, now),
        device_id=device_id,
        details_keys=frozenset(policy.details_keys if policy is not None else ()),
        client_version=VERSION,
    )


def _recipients(policy: Policy | None, now: datetime) -> tuple[Recipient, ...]:
    """The keys in force; none, if central could not open what is sealed to them."""
    keys = policy.seal_to if policy is not None else ()
    counting = [key for key in keys if key.not_before <= now < key.not_after]
    if all(key.escrow for key in counting):
        return ()
    return tuple(key.recipient() for key in counting)


def rules(policy: Policy, agent_id: str) -> PolicyChanged:
    """For the core, with this agent's percentage; "" while nobody is signed in."""
    return PolicyChanged(
        percentage=str(policy.percentage_for(agent_id)),
        salt=policy.selection.salt,
        tail_seconds=policy.limits.tail_seconds,
        provisional_wrap_up_seconds=policy.limits.provisional_wrap_up_seconds,
        recording_seconds=policy.limits.recording_seconds,
        agent_may_pause=policy.pausing.agent_may_pause,
        agent_may_record_now=policy.pausing.agent_may_record_now,
        notice=policy.notice,
        agent_id=agent_id,
        version=policy.version,
    )


def gws_settings(workspace: WorkspaceConfig) -> GwsSettings:
    """For Genesys Web Services."""
    return GwsSettings(
        client_id=workspace.client_id or "",
        client_secret=workspace.client_secret or "",
        url=workspace.gws_url or "",
        api=workspace.gws_api,
    )


def loopback_settings(
    workspace: WorkspaceConfig, state_dir: Path, machine_dir: Path | None = None
) -> LoopbackSettings:
    """For the endpoint at which Workspace signs in; ConfigError if its certificate is unusable.

    `machine_dir`: where this computer's certificate lies, if not where it is the custom.
    """
    usual = LoopbackSettings()
    host = workspace.loopback_host
    return LoopbackSettings(
        ports=workspace.loopback_ports,
        https_ports=workspace.https_ports,
        hosts=usual.hosts if host in {*usual.hosts, "localhost"} else (host,),
        certificate=_certificate(workspace, state_dir, machine_dir or machine_folder()),
        folder=state_dir,
        who_calls=None if workspace.other_users else who_calls(),
    )


def _certificate(workspace: WorkspaceConfig, state_dir: Path, machine_dir: Path) -> KeptCertificate:
    """The one that is configured; else the user's own; else the computer's."""
    if workspace.https_certificate is None or workspace.https_key is None:
        users, machines = user_folder(state_dir) / PEM, machine_dir / PEM
        return KeptCertificate(
            (
                CertificatePlace("the user's own", users, users),
                CertificatePlace("the computer's", machines, machines),
            )
        )
    configured = CertificatePlace(
        "the configured", Path(workspace.https_certificate), Path(workspace.https_key)
    )
    kept = KeptCertificate((configured,))
    kept.look()
    if not kept.is_there:
        mistake = Mistake(
            "workspace.https_certificate",
            f"certificate and key cannot be used: {kept.why}",
            "Name a PEM certificate and the PEM key that belongs to it.",
        )
        raise ConfigError((mistake,))
    return kept
