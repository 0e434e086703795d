"""What is kept on a Windows desk: access lists, secrets, locks, the way to the event log."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if sys.platform == "win32":
    import asyncio
    import subprocess
    from datetime import timedelta

    import win32security

    from agent_client.host.child import UploaderProgram
    from agent_client.host.windows import WindowsHost
    from uploader.credentials import Vault
    from uploader.desk import windows as pipe
    from uploader.machine_secrets import MachineSecrets
    from uploader.route import rules
    from uploader.spool.lock import AlreadyRunningError, InstanceLock
    from uploader.spool.service_account import service_sid
    from uploader.spool.windows_access import check_owner, keep_out_others
    from uploader.start_failure import tell_failure
    from uploader.windows_owners import this_user

    def test_a_state_folder_is_opened_to_its_user_the_service_and_the_system_alone(
        tmp_path: Path,
    ) -> None:
        folder = tmp_path / "state"
        folder.mkdir()
        check_owner(folder)
        keep_out_others(folder)
        told = win32security.GetNamedSecurityInfo(
            str(folder), win32security.SE_FILE_OBJECT, win32security.DACL_SECURITY_INFORMATION
        ).GetSecurityDescriptorDacl()
        let_in = {
            win32security.ConvertSidToStringSid(told.GetAce(index)[2])
            for index in range(told.GetAceCount())
        }
        # Wine keeps of a list only what the host's own rights can hold.
        may = {"S-1-5-18", "S-1-5-32-544", service_sid(), this_user()}
        assert "S-1-5-18" in let_in
        assert let_in <= may
        (folder / "file").write_text("mine")

    def test_secrets_of_the_machine_are_kept_encrypted_and_read_back(tmp_path: Path) -> None:
        secrets = MachineSecrets(tmp_path / "secrets")
        assert secrets.read("device") is None
        secrets.write("device", "open sesame")
        assert secrets.read("device") == "open sesame"
        assert b"sesame" not in (tmp_path / "secrets" / "device.secret").read_bytes()
        secrets.remove("device")
        assert secrets.read("device") is None

    def test_the_users_vault_keeps_a_secret() -> None:
        vault = Vault("Twinreel test")
        vault.write("device", "open sesame")
        assert vault.read("device") == "open sesame"
        vault.remove("device")
        assert vault.read("device") is None

    def test_a_second_program_is_told_that_one_runs(tmp_path: Path) -> None:
        words = (
            "import sys; from pathlib import Path; from uploader.spool.lock import InstanceLock\n"
            "InstanceLock(Path(sys.argv[1]))"
        )
        with InstanceLock(tmp_path / "client.lock"):
            done = subprocess.run(
                [sys.executable, "-c", words, str(tmp_path / "client.lock")],
                capture_output=True,
                text=True,
                check=False,
            )
        assert AlreadyRunningError.__name__ in done.stderr
        InstanceLock(tmp_path / "client.lock").close()

    async def test_client_and_uploader_meet_at_a_pipe_and_know_each_other(tmp_path: Path) -> None:
        heard: list[bytes] = []
        own: list[bool] = []

        async def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            own.append(pipe.is_own(writer))
            heard.append(await reader.readline())
            writer.write(b"order\n")
            writer.close()

        end = await pipe.listen(str(tmp_path / "state"), met, 2**16)
        reader, writer = await pipe.connect(str(tmp_path / "state"), 2**16)
        own.append(pipe.is_own(writer))
        writer.write(b"hello\n")
        assert await reader.readline() == b"order\n"
        writer.close()
        end()
        assert heard == [b"hello\n"]
        assert own == [True, True]

    async def test_where_nobody_listens_it_is_said_so(tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            await pipe.connect(str(tmp_path / "state"), 2**16)

    def test_a_child_has_no_window_and_no_console_of_ours(tmp_path: Path) -> None:
        told = tmp_path / "told"
        words = f"open({str(told)!r}, 'w').write('here')"
        program = UploaderProgram([sys.executable, "-c", words], {}, WindowsHost().child_flags())
        assert program.start()
        assert program.wait(timedelta(seconds=20))
        assert told.read_text() == "here"

    def test_proxy_rules_are_asked_in_a_process_of_their_own(tmp_path: Path) -> None:
        file = tmp_path / "proxy.pac"
        file.write_text(
            'function FindProxyForURL(url, host) { return isInNet(dnsResolve(host), "127.0.0.0",'
            ' "255.0.0.0") ? "PROXY near.example:3128" : "PROXY far.example:3128"; }'
        )
        said = rules.ask(file.as_uri(), ["http://localhost/"], None, limit_seconds=60)
        assert said["http://localhost/"][0].endswith("near.example:3128")

    def test_a_start_failure_goes_to_the_event_log_and_fails_nothing(
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        monkeypatch.setattr(sys, "stderr", None)
        tell_failure("Twinreel cannot start.\nA test says so.")
