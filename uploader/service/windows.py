r"""The service on Windows, by pywin32. Run under Wine, never on Windows itself.

It runs under its virtual account, NT SERVICE\TwinreelUploader, which the installer lets into the
users' state folders and nowhere else: a junction that a user lays leads it no further. Folders that
are junctions are passed over all the same.
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import logging
    import logging.handlers
    import os
    import threading
    from pathlib import Path

    import pywintypes
    import servicemanager
    import win32event
    import win32service
    import win32serviceutil

    from contract.desk_config import LOGS, ConfigError
    from uploader.config import Settings, load
    from uploader.service.carrying import carry, desk_of, own_state, tend
    from uploader.service.owners import NoOwnersError, owners
    from uploader.spool import durable
    from uploader.spool.service_account import SERVICE_NAME

    logger = logging.getLogger(__name__)

    _ROUND_MILLISECONDS = 60_000
    _LOG_BYTES = 1024**2
    _LOG_FILES = 5

    class TwinreelUploader(win32serviceutil.ServiceFramework):
        """What the service control manager starts and stops."""

        _svc_name_ = SERVICE_NAME
        _svc_display_name_ = "Twinreel uploader"
        _svc_description_ = "Carries recordings to central when their users have signed off."

        def __init__(self, arguments: list[str]) -> None:
            """As the framework calls it."""
            super().__init__(arguments)
            self._wake = win32event.CreateEvent(None, 1, 0, None)
            self._stopping = threading.Event()

        def SvcStop(self) -> None:  # noqa: N802  # the framework's name
            """The service is asked to end."""
            self.ReportServiceStatus(win32service.SERVICE_STOP_PENDING)
            self._stopping.set()
            win32event.SetEvent(self._wake)

        def SvcDoRun(self) -> None:  # noqa: N802  # the framework's name
            """Until asked to end."""
            try:
                settings = load(None, os.environ, for_machine=True)
                state = own_state(settings, os.environ)
                _log_to(state, settings)
            except (ConfigError, OSError) as error:
                servicemanager.LogErrorMsg(f"Twinreel cannot start: {error}")
                return
            while not self._stopping.is_set():
                self._round(settings, state)
                win32event.WaitForSingleObject(self._wake, _ROUND_MILLISECONDS)

        def _round(self, settings: Settings, state: Path) -> None:
            try:
                tend(settings, state)
                desk = desk_of(state)
                for owner in owners(settings.desk.state_dir):
                    if desk is not None and not self._stopping.is_set():
                        carry(settings, desk, owner.state, self._stopping.is_set)
            except NoOwnersError as error:
                servicemanager.LogErrorMsg(f"Twinreel cannot find the users' folders: {error}")
            except Exception:
                logger.exception("a round failed")

    def _log_to(state: Path, settings: Settings) -> None:
        durable.private_folder(state)
        durable.private_folder(state / LOGS)
        to_file = logging.handlers.RotatingFileHandler(
            state / LOGS / "service.log",
            maxBytes=_LOG_BYTES,
            backupCount=_LOG_FILES,
            encoding="utf-8",
        )
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root = logging.getLogger()
        root.setLevel(settings.desk.log_level.upper())
        root.addHandler(to_file)

    def serve() -> None:
        """Be the service, started by the service control manager; OSError if started otherwise."""
        servicemanager.Initialize()
        servicemanager.PrepareToHostSingle(TwinreelUploader)
        try:
            servicemanager.StartServiceCtrlDispatcher()  # type: ignore[no-untyped-call]  # pywin32's
        except pywintypes.error as error:
            raise OSError("Windows' service control manager did not start it") from error
