"""The store "Trusted Root Certification Authorities" of a Windows computer, or of one user.

By crypt32 itself, not by `certutil`: what that says is in the language of the computer. Adding to a
user's own store, Windows asks the person at the screen; to the computer's it does not.
Never run on Windows itself: checked by types, by review and under Wine.
"""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from ctypes import c_char_p, c_void_p
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from agent_client.trust import CannotTrust

_ENCODING = 0x00010001  # X509_ASN_ENCODING | PKCS_7_ASN_ENCODING
_SYSTEM_PROVIDER = 10  # CERT_STORE_PROV_SYSTEM_W
_CURRENT_USER = 0x00010000
_LOCAL_MACHINE = 0x00020000
_REPLACE_EXISTING = 3  # CERT_STORE_ADD_REPLACE_EXISTING
_FIND_SHA1_HASH = 0x00010000
_COMMIT, _FORCED = 3, 1  # CERT_STORE_CTRL_COMMIT, and even if nothing seems to have changed


class _Blob(ctypes.Structure):
    """CRYPT_DATA_BLOB."""

    _fields_ = (("size", ctypes.c_uint32), ("data", c_char_p))


if sys.platform == "win32":

    @dataclass(frozen=True, slots=True)
    class WindowsStore:
        """The computer's, for which one must be an administrator, or the user's."""

        machine: bool

        def trusts(self, authority: x509.Certificate) -> bool:
            """Whether it is in there."""
            try:
                with self._opened() as store:
                    found = _found(store, authority)
                    if found:
                        _crypt32.CertFreeCertificateContext(found)
                    return bool(found)
            except CannotTrust:
                return False

        def add(self, authority: x509.Certificate) -> None:
            """Put it in."""
            der = authority.public_bytes(serialization.Encoding.DER)
            with self._opened() as store:
                if not _crypt32.CertAddEncodedCertificateToStore(
                    store, _ENCODING, der, len(der), _REPLACE_EXISTING, None
                ):
                    raise _refused("add to")
                _crypt32.CertControlStore(store, _FORCED, _COMMIT, None)
            if not self.trusts(authority):
                raise CannotTrust(
                    "Windows took it, and it is not in the store of trusted authorities"
                )

        def remove(self, authority: x509.Certificate) -> None:
            """Take it out, if it is in there."""
            with self._opened() as store:
                found = _found(store, authority)
                if found and not _crypt32.CertDeleteCertificateFromStore(found):
                    raise _refused("take out of")
                _crypt32.CertControlStore(store, _FORCED, _COMMIT, None)
            if self.trusts(authority):
                raise CannotTrust("Windows let it go, and it is still a trusted authority")

        def advice(self, folder: Path, authority: x509.Certificate) -> str:  # noqa: ARG002 -- a store's word
            """Chrome, Edge, .NET and, since 120, Firefox read this store."""
            return ""

        @contextmanager
        def _opened(self) -> Iterator[int]:
            place = _LOCAL_MACHINE if self.machine else _CURRENT_USER
            store = _crypt32.CertOpenStore(_SYSTEM_PROVIDER, 0, None, place, "ROOT")
            if not store:
                raise _refused("open")
            try:
                yield store
            finally:
                _crypt32.CertCloseStore(store, 0)

    def _found(store: int, authority: x509.Certificate) -> int | None:
        """Its context, which the caller frees; None if it is not there."""
        digest = authority.fingerprint(hashes.SHA1())  # noqa: S303 -- how the store names it
        blob = _Blob(len(digest), digest)
        context: int | None = _crypt32.CertFindCertificateInStore(
            store, _ENCODING, 0, _FIND_SHA1_HASH, ctypes.byref(blob), None
        )
        return context

    def _refused(what: str) -> CannotTrust:
        code = ctypes.get_last_error()
        return CannotTrust(
            f"Windows would not {what} the store of trusted authorities: "
            f"{ctypes.FormatError(code).strip()} ({code & 0xFFFFFFFF:#x})"
        )

    _crypt32 = ctypes.WinDLL("crypt32", use_last_error=True)
    _number = ctypes.c_uint32
    _crypt32.CertOpenStore.argtypes = [c_void_p, _number, c_void_p, _number, ctypes.c_wchar_p]
    _crypt32.CertOpenStore.restype = c_void_p
    _crypt32.CertCloseStore.argtypes = [c_void_p, _number]
    _crypt32.CertAddEncodedCertificateToStore.argtypes = [
        *(c_void_p, _number, c_char_p, _number, _number, c_void_p)
    ]
    _crypt32.CertFindCertificateInStore.argtypes = [
        *(c_void_p, _number, _number, _number, c_void_p, c_void_p)
    ]
    _crypt32.CertFindCertificateInStore.restype = c_void_p
    _crypt32.CertControlStore.argtypes = [c_void_p, _number, _number, c_void_p]
    _crypt32.CertDeleteCertificateFromStore.argtypes = [c_void_p]
    _crypt32.CertFreeCertificateContext.argtypes = [c_void_p]
