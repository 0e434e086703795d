"""What to do about each problem, in a sentence; the whole table is in docs/it/uploader.md."""

from __future__ import annotations

_REMEDIES = {
    "no-keyring": "this session has no keyring that encrypts: install one, and sign in again",
    "keyring-locked": "the keyring is locked: unlock it",
    "keyring-silent": "the keyring does not answer: look for its password prompt",
    "keyring-denied": "the keyring refuses: allow Twinreel in it, and see the log",
    "not-enrolled": "write a new enrolment token into the configuration",
    "central-foreign": "another central answers than the token names: check central.url",
    "central-unreachable": "check network, proxy and firewall",
    "central-untrusted": "the certificate is not trusted: central.site_ca, or the system's store",
    "captive-portal": "this network wants a sign-in first: open any page in a browser",
    "proxy-unreachable": "the proxy does not answer: network.proxy, or the system's settings",
    "proxy-sign-in": "the proxy wants a name and password: network.proxy_user, `secret proxy`",
    "proxy-refuses": "have the proxy allow CONNECT to central's host and port",
    "pac-broken": "mend the proxy file, or network.pac_url; the system's proxy is used meanwhile",
    "client-key": "mend network.client_key, or give its password: `secret client-key`",
    "client-certificate": "central refuses the desk's certificate: is it expired?",
    "central-unwell": "central answers with an error of its own: look at central",
    "central-refuses-desk": "central refuses this desk: was it revoked? then enrol anew",
    "desk-copied": "this desk is an older copy of another (image, backup): remove identity.json, "
    "enrol anew",
    "central-refuses": "central refuses a request: see the log",
    "central-confused": "what answers is not central: open central.url in a browser",
    "receipt-wrong": "a receipt proves nothing: look at central's keys; nothing is deleted",
    "policy-unusable": "the new policy is unusable, the last good one stands: look at central",
    "spool-fails": "the disk refuses: see the log",
    "refused-recording": "`list` says why; after mending the cause, `retry ID`",
    "fault": "an error of ours: send the log",
}
_HELD = {
    "schedule": "the policy's schedule",
    "shift": "the end of the shift",
    "call": "the end of the call",
    "metered": "a network that does not cost by the byte",
    "battery": "mains, or a fuller battery",
}


_DOCTOR_KNOWS = frozenset(
    {"central-unreachable", "central-untrusted", "central-confused", "proxy-unreachable"}
)


def remedy(code: str) -> str:
    """What to do."""
    return _REMEDIES.get(code, "see docs/it/uploader.md and the log")


def advice(code: str) -> str:
    """The same, for those who have not asked the doctor yet."""
    return remedy(code) + ("; `doctor` tells more" if code in _DOCTOR_KNOWS else "")


def waited_for(held: str) -> str:
    """What uploads wait for, by the word that the uploader tells."""
    return _HELD.get(held, held)
