"""Which clients and uploaders of this installation run."""

from __future__ import annotations

import getpass
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from pathlib import Path

import pytest

from agent_client.host import programs_posix
from agent_client.host.programs import Program, end, named, programs

if sys.platform == "win32":
    pytest.skip("it lists processes in its own way", allow_module_level=True)


@contextmanager
def started(*command: str, folder: Path | None = None) -> Iterator[subprocess.Popen[bytes]]:
    """A program that ends with its standard input; it is up in the block."""
    process = subprocess.Popen(command, cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"up\n"
        try:
            yield process
        finally:
            process.kill()


class Installation:
    """A folder with both programs, in which we stand for one."""

    def __init__(self, folder: Path) -> None:
        self.client = folder / "twinreel-agent"
        self.uploader = folder / "twinreel-uploader"
        for one in (self.client, self.uploader):
            shutil.copy(Path("/bin/sh").resolve(), one)

    def run(self, program: Path, *words: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        return started(str(program), "-c", "echo up; read x", "sh", *words)

    def command(self, program: Path, name: str) -> AbstractContextManager[subprocess.Popen[bytes]]:
        """With that name as its first word."""
        (program.parent / name).write_text("echo up; read x\n")
        return started(str(program), name, folder=program.parent)


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Installation:
    made = Installation(tmp_path)
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(made.client))
    return made


def test_the_programs_of_this_installation_are_found_with_their_user(
    installation: Installation,
) -> None:
    with (
        installation.run(installation.client) as client,
        installation.run(installation.uploader, "--config", "c") as uploader,
    ):
        me = getpass.getuser()
        expected = {Program(client.pid, "client", me), Program(uploader.pid, "uploader", me)}
        assert set(programs()) == expected
        assert set(programs_posix._by_ps()) == expected
    assert programs() == []


def test_one_whose_file_was_replaced_still_counts(installation: Installation) -> None:
    with installation.run(installation.client) as client:
        installation.client.unlink()
        assert [one.pid for one in programs()] == [client.pid]


def test_neither_who_asks_nor_the_machines_service_is_waited_for(
    installation: Installation,
) -> None:
    with ExitStack() as stack:
        stack.enter_context(installation.command(installation.client, "make-way"))
        stack.enter_context(installation.command(installation.uploader, "service"))
        assert programs() == []


@pytest.mark.parametrize("option", ["--config", "--conf", "--state-dir"])
@pytest.mark.parametrize("name", ["service", "make-way"])
def test_who_names_a_file_like_a_command_is_waited_for_all_the_same(
    installation: Installation, option: str, name: str
) -> None:
    assert named(str(installation.client), ("twinreel-agent", option, name)) == "client"
    words = ("twinreel-uploader", option, "c", "service")
    assert named(str(installation.uploader), words) is None


def test_a_program_of_a_container_is_left_alone(installation: Installation, tmp_path: Path) -> None:
    """Its file has the same name there, and is another."""
    process = tmp_path / "proc" / "4711"
    process.mkdir(parents=True)
    (process / "exe").symlink_to(installation.client)
    (process / "cmdline").write_bytes(b"twinreel-agent\0")
    (process / "root").symlink_to("/")
    assert [one.pid for one in programs_posix._by_proc(tmp_path / "proc")] == [4711]
    (process / "root").unlink()
    (process / "root").symlink_to(tmp_path)
    assert list(programs_posix._by_proc(tmp_path / "proc")) == []


@pytest.mark.usefixtures("installation")
def test_a_number_that_is_another_programs_meanwhile_is_left_alone() -> None:
    with started("/bin/sh", "-c", "echo up; read x") as other:
        end(Program(other.pid, "client", "ann"), at_once=True)
        assert other.stdin is not None
        other.stdin.close()
        assert other.wait(60) != -9


@pytest.mark.usefixtures("installation")
def test_another_installation_is_not_ours(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with Installation(tmp_path / "other").run(tmp_path / "other" / "twinreel-agent"):
        assert programs() == []


@pytest.mark.parametrize(("at_once", "status"), [(False, -15), (True, -9)])
def test_one_is_ended_as_it_is_asked_for(
    installation: Installation,
    at_once: bool,  # noqa: FBT001 a parameter of the test
    status: int,
) -> None:
    with installation.run(installation.client) as client:
        (found,) = programs()
        end(found, at_once=at_once)
        assert client.wait(60) == status
        end(found, at_once=at_once)  # gone already: well


def test_from_source_the_interpreter_tells_whose_they_are() -> None:
    ours = (sys.executable, "-m", "agent_client", "--config", "c")
    assert named("/usr/bin/python3", ours) == "client"
    assert named("/usr/bin/python3", (sys.executable, "-m", "uploader")) == "uploader"
    assert named("/usr/bin/python3", (sys.executable, "-m", "pytest")) is None
    assert named("/usr/bin/python3", ("/another/python", "-m", "uploader")) is None
    assert named("/usr/bin/python3", (sys.executable,)) is None
    assert named("/bin/sh", ("/bin/sh", "-c", "x", *ours)) is None
