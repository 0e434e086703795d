"""The one place where what IT installs is signed: by a command that the environment names.

Keys belong to whoever releases, in a token, a service or a file of theirs; so signing is their
command, and nothing of it stands here:

    TWINREEL_SIGN_WINDOWS     the MSI, and before it every program and library within that has no
                              signature yet: application control asks for that
    TWINREEL_SIGN_MACOS       the programs, the app and the pkg
    TWINREEL_SIGN_LINUX       the deb
    TWINREEL_SIGN_CHECKSUMS   SHA256SUMS
    TWINREEL_VERIFY_...       for each of them: run afterwards, and must succeed

In a command `{file}` is the file to sign. If `{signed}` is in it, too, the command writes a new
file there, which then stands in place of the old one. If neither is, the file's path comes last.
No shell reads the command: words are split as a shell would, quotes count, variables do not; on
Windows a backslash is only a backslash.

A command that says that it worked and changed nothing is a failure, unless a signature lies beside
the file afterwards (.asc, .sig, .p7s). What the command prints is shown only if it fails; the
command itself is never printed, for there may be a password in it.
"""

from __future__ import annotations

import os
import shlex
import struct
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Literal

Kind = Literal["windows", "macos", "linux", "checksums"]
BESIDE = (".asc", ".sig", ".p7s")  # a detached signature's name ends so
_PROGRAMS = {".exe", ".dll", ".pyd"}
_PE_AT = 0x3C  # where a program says where its header is
_PE_64 = 0x20B
_LONGEST = 900  # seconds for one command: notaries take their time
_SHOWN = 10  # lines of what a failed command printed


class SigningFailed(RuntimeError):
    """The command did not sign, or what it made does not verify; the message says which."""


def sign(file: Path, kind: Kind, environment: Mapping[str, str] | None = None) -> bool:
    """Sign this file as the environment says; False: nothing is asked for.

    SigningFailed: the command failed; the file is as it was, unless the command itself broke it.
    """
    variables = os.environ if environment is None else environment
    command = variables.get(f"TWINREEL_SIGN_{kind.upper()}", "")
    if not command.strip():
        return False
    _clear(file)
    before = _state(file)
    fresh = file.with_name(file.name + ".signed")
    words = _words(command, file, fresh)
    try:
        _run(words, f"TWINREEL_SIGN_{kind.upper()}", file)
        if "{signed}" in command:
            if not fresh.is_file() or not fresh.stat().st_size:
                raise SigningFailed(f"{file.name}: {words[0]} wrote no signed file")
            fresh.chmod(file.stat().st_mode)
            fresh.replace(file)
    finally:
        fresh.unlink(missing_ok=True)
    if _state(file) == before:
        raise SigningFailed(f"{file.name}: {words[0]} ended well and signed nothing")
    check = variables.get(f"TWINREEL_VERIFY_{kind.upper()}", "")
    if check.strip():
        _run(_words(check, file, fresh), f"TWINREEL_VERIFY_{kind.upper()}", file)
    return True


def sign_folder(folder: Path, environment: Mapping[str, str] | None = None) -> int:
    """Sign each program and library for Windows in it that has no signature; how many that were."""
    variables = os.environ if environment is None else environment
    if not variables.get("TWINREEL_SIGN_WINDOWS", "").strip():
        return 0
    files = [path for path in sorted(folder.rglob("*")) if path.suffix.lower() in _PROGRAMS]
    unsigned = [path for path in files if path.is_file() and not has_signature(path.read_bytes())]
    for path in unsigned:
        sign(path, "windows", variables)
    return len(unsigned)


def has_signature(program: bytes) -> bool:
    """Whether a file in Windows' format for programs (PE) has one within; what is none has none."""
    if program[:2] != b"MZ" or len(program) < _PE_AT + 4:
        return False
    (start,) = struct.unpack_from("<I", program, _PE_AT)
    optional = start + 24  # after "PE", and the header of 20 bytes
    if program[start : start + 4] != b"PE\0\0" or len(program) < optional + 240:
        return False
    (magic,) = struct.unpack_from("<H", program, optional)
    directories = optional + (112 if magic == _PE_64 else 96)
    _, size = struct.unpack_from("<II", program, directories + 4 * 8)  # the fifth: certificates
    return bool(size)


def signatures(file: Path) -> tuple[Path, ...]:
    """The signatures that lie beside a file."""
    beside = (file.with_name(file.name + ending) for ending in BESIDE)
    return tuple(path for path in beside if path.is_file())


def split(command: str, platform: str = sys.platform) -> list[str]:
    """The words of a command; ValueError: a quote is not closed."""
    reader = shlex.shlex(command, posix=True, punctuation_chars=False)
    reader.whitespace_split = True
    reader.commenters = ""
    if platform == "win32":
        reader.escape = ""
    return list(reader)


def _words(command: str, file: Path, fresh: Path) -> list[str]:
    words = split(command)
    if not any("{file}" in word or "{signed}" in word for word in words):
        words.append("{file}")
    return [word.replace("{file}", str(file)).replace("{signed}", str(fresh)) for word in words]


def _run(words: list[str], variable: str, file: Path) -> None:
    try:
        done = subprocess.run(
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=_LONGEST,
            check=False,
        )
    except FileNotFoundError as error:
        raise SigningFailed(f"{variable}: there is no program {words[0]}") from error
    except subprocess.TimeoutExpired as error:
        raise SigningFailed(f"{variable}: {words[0]} took longer than {_LONGEST} s") from error
    if done.returncode:
        printed = done.stdout.decode(errors="replace").splitlines()[-_SHOWN:]
        said = "\n".join(f"    {line}" for line in printed)
        raise SigningFailed(
            f"{variable}: {words[0]} failed for {file.name} (status {done.returncode})\n{said}"
        )


def _state(file: Path) -> tuple[str, tuple[Path, ...]]:
    """What signing must change: the file (an app: its files), or what lies beside it."""
    summed = sha256()
    for path in sorted(file.rglob("*")) if file.is_dir() else [file]:
        if path.is_file():
            summed.update(f"{path.relative_to(file.parent)}\0".encode())
            summed.update(path.read_bytes())
    return summed.hexdigest(), signatures(file)


def _clear(file: Path) -> None:
    """A former signature beside the file is of a former file."""
    for former in signatures(file):
        former.unlink()
