"""The computer's own certificate for localhost: where it lies, and how it is made.

It is signed by its own key and can sign nothing else (CA: false). Put among the trusted
certificates of the computer it is accepted by Chrome, Edge and .NET, as the development
certificates of .NET are, which are of the same kind; and who steals its key can pretend to be
localhost, and nobody else. An authority of the computer's own would be trusted for every name in
the world, and its key would have to lie here too.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

PEM = "localhost.pem"  # certificate and key: what the client reads
CERTIFICATE = "localhost.crt"  # the certificate alone: what others are to trust

_FOLDER = "tls"
_DAYS = 397  # no system asks for less of a certificate that was trusted by hand; Apple for < 825
_BACKDATED = timedelta(days=1)  # for clocks that are late


def machine_folder(
    platform: str = sys.platform, environment: Mapping[str, str] | None = None
) -> Path:
    """Where the certificate lies that all users of this computer share."""
    variables = os.environ if environment is None else environment
    if platform == "win32":
        return Path(variables.get("PROGRAMDATA", "C:\\ProgramData"), "Twinreel", _FOLDER)
    if platform == "darwin":
        return Path("/Library/Application Support/Twinreel", _FOLDER)
    return Path("/var/lib/twinreel", _FOLDER)


def user_folder(state_dir: Path) -> Path:
    """Where a user's own certificate lies; it goes before the computer's."""
    return state_dir / _FOLDER


@dataclass(frozen=True, slots=True)
class Made:
    """A certificate that lies in a folder."""

    certificate: x509.Certificate

    @property
    def days_left(self) -> int:
        """Whole days; below zero when it has expired."""
        return (self.certificate.not_valid_after_utc - datetime.now(UTC)).days

    @property
    def fingerprint(self) -> str:
        """SHA-256, as trust stores show it."""
        return self.certificate.fingerprint(hashes.SHA256()).hex(":").upper()


def make(folder: Path, readers: str | None = None) -> Made:
    """A new key and certificate, in place of what was there. OSError if they cannot be written.

    `readers`: a group whose members may read the key; else only its owner may.
    """
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _signed(key)
    encoded = certificate.public_bytes(serialization.Encoding.PEM)
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    _replace(folder / CERTIFICATE, encoded, secret=False, readers=None)
    _replace(folder / PEM, encoded + secret, secret=True, readers=readers)
    return Made(certificate)


def _signed(key: ec.EllipticCurvePrivateKey) -> x509.Certificate:
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.COMMON_NAME, "localhost"),
            x509.NameAttribute(
                NameOID.ORGANIZATION_NAME, f"Twinreel on {socket.gethostname()}"[:64]
            ),
        ]
    )
    names = [x509.DNSName("localhost")]
    addresses = [x509.IPAddress(ip_address(one)) for one in ("127.0.0.1", "::1")]
    now = datetime.now(UTC)
    public = key.public_key()
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - _BACKDATED)
        .not_valid_after(now + timedelta(days=_DAYS))
        .add_extension(x509.SubjectAlternativeName([*names, *addresses]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_for_signatures(), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .sign(key, hashes.SHA256())
    )


def _for_signatures() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=False,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _replace(path: Path, content: bytes, *, secret: bool, readers: str | None) -> None:
    """All at once: a client that runs reads the old one or the new one."""
    draft = path.with_suffix(".new")
    draft.unlink(missing_ok=True)
    opened = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        if secret:
            _let_read(draft, readers)
        elif sys.platform != "win32":
            os.fchmod(file.fileno(), 0o644)
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(draft, path)


if sys.platform == "win32":
    _SYSTEM, _ADMINISTRATORS, _OWNER = "*S-1-5-18:F", "*S-1-5-32-544:F", "*S-1-3-4:F"

    def _let_read(path: Path, readers: str | None) -> None:
        """Never run: checked by types and review. Windows' own `icacls` sets the list."""
        more = [f"{readers}:R"] if readers else []
        command = ["icacls", str(path), "/inheritance:r", "/grant:r", _SYSTEM, _ADMINISTRATORS]
        subprocess.run([*command, _OWNER, *more], check=True, capture_output=True)  # noqa: S603 -- our own words and a path

    def is_admin() -> bool:
        """Whether we may write where all users read."""
        import ctypes  # noqa: PLC0415 -- for this alone

        return bool(ctypes.windll.shell32.IsUserAnAdmin())
else:

    def _let_read(path: Path, readers: str | None) -> None:
        """Without a group named, the one that may read it so far keeps its right."""
        before = path.with_suffix(".pem")
        if readers:
            shutil.chown(path, group=readers)
        elif before.exists() and before.stat().st_mode & 0o040:
            os.chown(path, -1, before.stat().st_gid)
        else:
            return
        path.chmod(0o640)

    def is_admin() -> bool:
        """Whether we may write where all users read."""
        return os.geteuid() == 0


def read(folder: Path) -> Made | None:
    """The certificate that lies there, if it is one."""
    try:
        return Made(x509.load_pem_x509_certificate((folder / CERTIFICATE).read_bytes()))
    except (OSError, ValueError):
        return None
