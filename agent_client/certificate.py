"""The computer's own certificate for localhost: how it is made, kept and read.

An authority is made for it that signs this one certificate, for localhost, 127.0.0.1 and ::1, and
whose key is then thrown away. The authority is what the computer is to trust: Chrome, Edge, Firefox
and .NET take one, by the system's store or by policy, while a certificate that signed itself is
taken by some and in some ways only. No key that could sign for another name lies anywhere; who
steals the one that is kept can pretend to be localhost, and nobody else. To renew is to make both
anew.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import stat
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address, ip_network
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from agent_client.certificate_folders import PEM

AUTHORITY = "authority.crt"  # what the computer is to trust

_NAME = "localhost"
_ADDRESSES = ("127.0.0.1", "::1")
_DAYS = 397  # no system asks for less of a certificate that was trusted by hand; Apple for < 825
_BACKDATED = timedelta(days=1)  # for clocks that are late


@dataclass(frozen=True, slots=True)
class Made:
    """What lies in a folder. The certificate ends when its authority does."""

    authority: x509.Certificate

    @property
    def days_left(self) -> int:
        """Whole days; below zero when it has expired."""
        return (self.authority.not_valid_after_utc - datetime.now(UTC)).days

    @property
    def fingerprint(self) -> str:
        """SHA-256, as trust stores show it."""
        return self.authority.fingerprint(hashes.SHA256()).hex(":").upper()

    @property
    def is_for_localhost_alone(self) -> bool:
        """Whether whoever trusts it trusts no other name: as those are that we make."""
        try:
            names = self.authority.extensions.get_extension_for_class(x509.NameConstraints)
            basic = self.authority.extensions.get_extension_for_class(x509.BasicConstraints)
        except (x509.ExtensionNotFound, ValueError):
            return False
        limits = x509.NameConstraints(_permitted(), None)
        return names.critical and names.value == limits and basic.value.path_length == 0


@dataclass(frozen=True, slots=True, repr=False)
class Fresh:
    """A new key, certificate and authority that lie nowhere yet."""

    made: Made
    pem: bytes  # certificate, authority and key


def make(folder: Path, readers: str | None = None) -> Made:
    """A new key, certificate and authority, in place of what was there; raises what `keep` does."""
    fresh = prepare()
    keep(folder, fresh, readers)
    return fresh.made


def prepare() -> Fresh:
    """A new key, certificate and authority."""
    until = datetime.now(UTC) + timedelta(days=_DAYS)
    key, signing = _key(), _key()
    authority = _authority(signing, until)
    chain = b"".join(
        one.public_bytes(serialization.Encoding.PEM)
        for one in (_localhost(key, authority, signing, until), authority)
    )
    secret = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return Fresh(Made(authority), chain + secret)


def keep(folder: Path, fresh: Fresh, readers: str | None = None) -> None:
    """Put it where clients find it, in place of what was there.

    `readers`: a group whose members may read the key; else only its owner may. Raises OSError if
    it cannot be written, LookupError if there is no such group.
    """
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    trusted = fresh.made.authority.public_bytes(serialization.Encoding.PEM)
    _replace(folder / AUTHORITY, trusted, secret=False, readers=None)
    _replace(folder / PEM, fresh.pem, secret=True, readers=readers)


def remove(folder: Path, *more: str) -> None:
    """Take away what was made there, and more by its name; the folder, if it is empty then."""
    for name in (AUTHORITY, PEM, *more):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _permitted() -> list[x509.GeneralName]:
    addresses = [x509.IPAddress(ip_network(address)) for address in _ADDRESSES]
    return [x509.DNSName(_NAME), *addresses]


def _key() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def _authority(signing: ec.EllipticCurvePrivateKey, until: datetime) -> x509.Certificate:
    organisation = x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Twinreel")
    whose = f"Twinreel on {socket.gethostname()}, {until:%Y-%m-%d}"  # one name for each
    name = x509.Name([organisation, x509.NameAttribute(NameOID.COMMON_NAME, whose[:64])])
    identifier = x509.SubjectKeyIdentifier.from_public_key(signing.public_key())
    return (
        _begun(name, name, signing.public_key(), until)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(of_authority=True), critical=True)
        .add_extension(x509.NameConstraints(_permitted(), None), critical=True)
        .add_extension(identifier, critical=False)
        .sign(signing, hashes.SHA256())
    )


def _localhost(
    key: ec.EllipticCurvePrivateKey,
    authority: x509.Certificate,
    signing: ec.EllipticCurvePrivateKey,
    until: datetime,
) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, _NAME)])
    names = x509.SubjectAlternativeName(
        [x509.DNSName(_NAME), *(x509.IPAddress(ip_address(address)) for address in _ADDRESSES)]
    )
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(signing.public_key())
    identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
    return (
        _begun(name, authority.subject, key.public_key(), until)
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(of_authority=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(issuer, critical=False)
        .add_extension(identifier, critical=False)
        .sign(signing, hashes.SHA256())
    )


def _begun(
    name: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePublicKey, until: datetime
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(issuer)
        .public_key(key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime.now(UTC) - _BACKDATED)
        .not_valid_after(until)
    )


def _usage(*, of_authority: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not of_authority,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=of_authority,
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
    import pywintypes
    import win32api
    import win32security

    from uploader.windows_owners import ADMINISTRATIVE, owner, this_user

    _SYSTEM, _ADMINISTRATORS, _OWNER = "*S-1-5-18:F", "*S-1-5-32-544:F", "*S-1-3-4:F"

    def _let_read(path: Path, readers: str | None) -> None:
        """Windows' own `icacls` sets the list; without a group named, the former list goes on."""
        before = path.with_suffix(".pem")
        if readers is None and before.exists():
            _copy_list(before, path)
            return
        more = [f"{readers}:R"] if readers else []
        # By its whole path: Windows looks for a bare name in the current folder first.
        icacls = str(Path(win32api.GetSystemDirectory(), "icacls.exe"))
        command = [icacls, str(path), "/inheritance:r", "/grant:r", _SYSTEM, _ADMINISTRATORS]
        subprocess.run([*command, _OWNER, *more], check=True, capture_output=True)  # noqa: S603 -- our own words and a path

    def _copy_list(before: Path, path: Path) -> None:
        kind, part = win32security.SE_FILE_OBJECT, win32security.DACL_SECURITY_INFORMATION
        try:
            found = win32security.GetNamedSecurityInfo(str(before), kind, part)
            former = found.GetSecurityDescriptorDacl()
            part |= win32security.PROTECTED_DACL_SECURITY_INFORMATION
            win32security.SetNamedSecurityInfo(str(path), kind, part, None, None, former, None)
        except pywintypes.error as error:
            raise OSError(f"the list of who may read cannot be set: {error.strerror}") from error

    def is_admin() -> bool:
        """Whether we may write where all users read."""
        import ctypes  # noqa: PLC0415 -- for this alone

        return bool(ctypes.windll.shell32.IsUserAnAdmin())

    def is_ours(folder: Path) -> bool:
        """Whether an administrator put it there, or we did: in some folders all users may write."""
        try:
            return owner(str(folder / AUTHORITY)) in {this_user(), *ADMINISTRATIVE}
        except pywintypes.error:
            return False
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

    def is_ours(folder: Path) -> bool:
        """Whether we put it there, and nobody else may put another in its place."""
        try:
            found = [path.lstat() for path in (folder, folder / AUTHORITY)]
        except OSError:
            return False
        return all(
            one.st_uid == os.geteuid() and not one.st_mode & 0o022 and not stat.S_ISLNK(one.st_mode)
            for one in found
        )


def read(folder: Path) -> Made | None:
    """The certificate that lies there, if it is one."""
    try:
        return Made(x509.load_pem_x509_certificate((folder / AUTHORITY).read_bytes()))
    except (OSError, ValueError):
        return None
