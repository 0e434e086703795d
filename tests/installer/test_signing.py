"""Signing by a command of the releaser's own, with real tools and a certificate made for it."""

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from installer.signing import (
    SigningFailed,
    has_signature,
    sign,
    sign_folder,
    signatures,
    split,
)

# The smallest thing that Windows takes for a program: DOS header, PE header, one empty section.
_PROGRAM = (
    b"MZ".ljust(60, b"\0")
    + (64).to_bytes(4, "little")
    + b"PE\0\0\x64\x86\x01\x00".ljust(20, b"\0")
    + b"\xf0\x00\x22\x00"
    + (b"\x0b\x02" + b"\0" * 106 + (16).to_bytes(4, "little")).ljust(240, b"\0")
    + b".text".ljust(40, b"\0")
).ljust(1024, b"\0")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate to sign code with, and its key."""
    key = rsa.generate_private_key(65_537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Test releases")])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=2))
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CODE_SIGNING]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    (folder / "c.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "k.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return folder / "c.pem", folder / "k.pem"


def _python(*lines: str) -> str:
    return f"'{sys.executable}' -c \"{'; '.join(lines)}\""


def test_without_a_command_nothing_is_signed(tmp_path: Path) -> None:
    file = tmp_path / "a.msi"
    file.write_bytes(b"as it was")
    assert sign(file, "windows", {"TWINREEL_SIGN_MACOS": "false"}) is False
    assert file.read_bytes() == b"as it was"


def test_a_program_is_signed_by_osslsigncode_and_verified(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    file = tmp_path / "twinreel-agent.exe"
    file.write_bytes(_PROGRAM)
    file.chmod(0o755)
    commands = {
        "TWINREEL_SIGN_WINDOWS": f"osslsigncode sign -certs {made} -key {key} -h sha256"
        " -in {file} -out {signed}",
        "TWINREEL_VERIFY_WINDOWS": f"osslsigncode verify -CAfile {made} -in {{file}}",
    }
    assert sign(file, "windows", commands)
    assert file.stat().st_mode & 0o777 == 0o755
    assert list(tmp_path.iterdir()) == [file]
    signed = bytearray(file.read_bytes())
    signed[600] ^= 1  # a byte of the program itself
    file.write_bytes(signed)
    ask = subprocess.run(
        ["osslsigncode", "verify", "-CAfile", str(made), "-in", str(file)],
        capture_output=True,
        check=False,
    )
    assert ask.returncode


def test_what_has_no_signature_yet_is_signed_in_a_whole_folder(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    command = f"osslsigncode sign -certs {made} -key {key} -h sha256 -in {{file}} -out {{signed}}"
    commands = {"TWINREEL_SIGN_WINDOWS": command}
    (tmp_path / "_internal").mkdir()
    for place in ("twinreel-agent.exe", "_internal/python313.dll", "_internal/_ssl.pyd"):
        (tmp_path / place).write_bytes(_PROGRAM)
    (tmp_path / "_internal" / "cacert.pem").write_text("no program")
    assert sign_folder(tmp_path, {}) == 0
    sign(tmp_path / "_internal" / "python313.dll", "windows", commands)
    before = (tmp_path / "_internal" / "python313.dll").read_bytes()
    assert has_signature(before)
    assert sign_folder(tmp_path, commands) == 2
    assert (tmp_path / "_internal" / "python313.dll").read_bytes() == before
    assert has_signature((tmp_path / "_internal" / "_ssl.pyd").read_bytes())
    assert sign_folder(tmp_path, commands) == 0


@pytest.mark.parametrize("content", [b"", b"MZ", _PROGRAM[:200], _PROGRAM, b"\x7fELF" * 300])
def test_what_is_no_signed_program_has_no_signature(content: bytes) -> None:
    assert not has_signature(content)


def test_a_signature_that_does_not_verify_is_a_failure(
    tmp_path: Path, certificate: tuple[Path, Path]
) -> None:
    made, key = certificate
    file = tmp_path / "a.exe"
    file.write_bytes(_PROGRAM)
    other = tmp_path / "other.pem"
    other.write_text("")
    with pytest.raises(SigningFailed, match="TWINREEL_VERIFY_WINDOWS"):
        sign(
            file,
            "windows",
            {
                "TWINREEL_SIGN_WINDOWS": f"osslsigncode sign -certs {made} -key {key} -h sha256"
                " -in {file} -out {signed}",
                "TWINREEL_VERIFY_WINDOWS": f"osslsigncode verify -CAfile {other} -in {{file}}",
            },
        )


def test_gpg_signs_the_checksums_beside_the_file(tmp_path: Path) -> None:
    home = tmp_path / "gpg"
    home.mkdir(mode=0o700)
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    user = "releases@twinreel.example"
    try:
        subprocess.run(
            [*gpg, "--passphrase", "", "--quick-generate-key", user, "ed25519", "sign", "never"],
            check=True,
            capture_output=True,
        )
        sums = tmp_path / "SHA256SUMS"
        sums.write_text("00  a.deb\n")
        commands = {
            "TWINREEL_SIGN_CHECKSUMS": f"{' '.join(gpg)} --yes --armor --detach-sign",
            "TWINREEL_VERIFY_CHECKSUMS": f"{' '.join(gpg)} --verify {{file}}.asc {{file}}",
        }
        assert sign(sums, "checksums", commands)
        assert signatures(sums) == (tmp_path / "SHA256SUMS.asc",)
        assert sums.read_text() == "00  a.deb\n"
        sums.write_text("11  a.deb\n")
        assert subprocess.run(
            [*gpg, "--verify", f"{sums}.asc", str(sums)], capture_output=True, check=False
        ).returncode
    finally:
        subprocess.run(
            ["gpgconf", "--homedir", str(home), "--kill", "all"], check=False, capture_output=True
        )


def test_a_command_that_fails_leaves_the_file_and_says_why(tmp_path: Path) -> None:
    file = tmp_path / "a.deb"
    file.write_bytes(b"as it was")
    command = _python("print('no token in the reader')", "raise SystemExit(4)")
    with pytest.raises(SigningFailed, match=r"status 4\)\n    no token in the reader"):
        sign(file, "linux", {"TWINREEL_SIGN_LINUX": command + " {file} {signed}"})
    assert file.read_bytes() == b"as it was"
    assert list(tmp_path.iterdir()) == [file]


def test_a_command_that_changes_nothing_is_a_failure(tmp_path: Path) -> None:
    file = tmp_path / "a.pkg"
    file.write_bytes(b"as it was")
    with pytest.raises(SigningFailed, match="signed nothing"):
        sign(file, "macos", {"TWINREEL_SIGN_MACOS": _python("pass")})
    with pytest.raises(SigningFailed, match="wrote no signed file"):
        sign(file, "macos", {"TWINREEL_SIGN_MACOS": _python("pass") + " {file} {signed}"})


def test_a_signature_of_a_former_file_does_not_count(tmp_path: Path) -> None:
    file = tmp_path / "SHA256SUMS"
    file.write_text("00  a.deb\n")
    (tmp_path / "SHA256SUMS.asc").write_text("of yesterday")
    with pytest.raises(SigningFailed, match="signed nothing"):
        sign(file, "checksums", {"TWINREEL_SIGN_CHECKSUMS": _python("pass")})
    assert not signatures(file)


def test_a_program_that_is_not_there_is_named_and_its_password_is_not(tmp_path: Path) -> None:
    file = tmp_path / "a.msi"
    file.write_bytes(b"as it was")
    with pytest.raises(SigningFailed, match="no program twinreel-no-such-tool") as raised:
        sign(file, "windows", {"TWINREEL_SIGN_WINDOWS": "twinreel-no-such-tool /p hunter2 {file}"})
    assert "hunter2" not in str(raised.value)


def test_words_are_split_as_each_system_writes_them() -> None:
    assert split(r"'/opt/my tool' --pass a\ b '#1'", "linux") == [
        "/opt/my tool",
        "--pass",
        "a b",
        "#1",
    ]
    assert split(r'"C:\Program Files\signtool.exe" sign /f C:\k.pfx', "win32") == [
        r"C:\Program Files\signtool.exe",
        "sign",
        "/f",
        r"C:\k.pfx",
    ]


def test_the_environment_is_asked_where_none_is_given(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "a.deb"
    file.write_bytes(b"a")
    monkeypatch.setenv("TWINREEL_SIGN_LINUX", _python(f"open('{file}', 'a').write('b')"))
    assert os.environ["TWINREEL_SIGN_LINUX"]
    assert sign(file, "linux")
    assert file.read_bytes().startswith(b"ab")
