"""Everything that can go wrong on the desk: one table, from code to words that a person can act on.

An agent reads what happened and what to do; IT looks up the code. The words are translated where
they are shown, by code.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """What went wrong and what to do, in words an agent can act on; IT can look up the code."""

    code: str
    happened: str
    remedy: str
    urgent: bool = True  # a person must act; False: it mends itself, or can wait


NOT_CONFIGURED = "not-configured"
CONFIGURATION_WRONG = "configuration-wrong"
OWN_SETTINGS_WRONG = "own-settings-wrong"

_CALL_IT = "Tell your IT department, and give them the code."
_SAFE = "What was recorded is safe."
_NOTHING_TO_DO = "You need not do anything."
_STARTS = "Twinreel starts by itself when that is mended."
_MENDED = "It mends itself, and the recording goes on."

_TABLE = (
    Problem(
        "disk-full",
        "The disk is nearly full. The screen is not recorded.",
        "Free some space on this computer, or call your IT department. " + _SAFE,
    ),
    Problem(
        "spool-full",
        "Too many recordings wait on this computer to be sent. The screen is not recorded.",
        _CALL_IT,
    ),
    Problem(
        "screen-black",
        "The screen reads as black. The recording would show nothing.",
        "Reconnect your remote session, or wake the monitors. If it stays, call IT.",
    ),
    Problem(
        "screen-frozen",
        "The system did not tell of changes on the screen. The recording shows them late.",
        _MENDED + " If it stays, call IT.",
        urgent=False,
    ),
    Problem(
        "capture-late",
        "This computer was too busy to record the screen in time.",
        _MENDED + " Closing programs that you do not need helps.",
        urgent=False,
    ),
    Problem(
        "encoder-slow",
        "This computer is too slow to record every change of the screen. It records fewer.",
        _NOTHING_TO_DO + " Closing programs that you do not need helps.",
        urgent=False,
    ),
    Problem(
        "clock-jumped",
        "The clock of this computer was set during the recording.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    Problem(
        "clock-wrong",
        "The clock of this computer is wrong by more than a minute. "
        "Recordings are placed by central's clock.",
        "Have the computer set its time by itself, or call IT.",
    ),
    Problem(
        "disk-slow",
        "The disk takes the recording only slowly. If the computer failed now, some would be lost.",
        "Do not switch the computer off. If this stays for more than a minute, call IT.",
        urgent=False,
    ),
    Problem(
        "picture-scaled",
        "The screens together are too big to record in full size. They are recorded smaller.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    Problem(
        "screen-unreadable",
        "The system does not hand out the picture of the screen. It is not recorded at the moment.",
        "It is tried again by itself. If this stays for more than a minute, call IT.",
    ),
    Problem(
        "encoder-failed",
        "The picture of the screen cannot be encoded. It is not recorded at the moment.",
        "It is tried again by itself. If this stays for more than a minute, call IT.",
    ),
    Problem(
        "recorder-fault",
        "Twinreel's recorder met a fault of its own. The screen is not recorded at the moment.",
        "It is tried again by itself. If this stays for more than a minute, call IT.",
    ),
    Problem(
        "engine-silent",
        "Twinreel was too busy to hear a pause, and stopped recording the screen until it was not.",
        "It goes on by itself. If this comes again, call IT.",
    ),
    Problem(
        "no-display",
        "There is no screen to record.",
        "Sign in at a screen of this computer. If you did, call IT.",
    ),
    Problem(
        "spool-failed",
        "The disk does not take the recording. The screen is not recorded.",
        _CALL_IT,
    ),
    Problem(
        "no-keys",
        "This computer has no keys to seal recordings with. The screen is not recorded.",
        _CALL_IT,
    ),
    Problem(
        "exclusion-impossible",
        "Windows that must not be recorded cannot be told apart here. The screen is not recorded.",
        _CALL_IT,
    ),
    Problem(
        "screen-permission",
        "The system does not let Twinreel read the screen.",
        "Allow screen recording for Twinreel in the system's privacy settings.",
    ),
    Problem(
        "wayland",
        "This desktop (Wayland) does not let Twinreel read the screen.",
        "Sign out, and choose an Xorg session when you sign in again.",
    ),
    Problem(
        "no-policy",
        "This computer has not been given its rules yet. Nothing is recorded.",
        "Tell your IT department: the computer must be enrolled.",
    ),
    *(
        Problem(code, happened + " Nothing is recorded.", _CALL_IT + " " + _STARTS)
        for code, happened in (
            (NOT_CONFIGURED, "Twinreel has not been set up on this computer yet."),
            (CONFIGURATION_WRONG, "Twinreel's settings on this computer are wrong."),
        )
    ),
    Problem(
        OWN_SETTINGS_WRONG,
        "Some of your own settings of Twinreel are wrong. They are passed over, and it records on.",
        _CALL_IT,
    ),
    Problem(
        "policy-unusable",
        "The rules from central cannot be used. The last good ones stay in force.",
        _CALL_IT,
    ),
    Problem(
        "policy-expired",
        "The rules from central are out of date. They stay in force until new ones come.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    *(
        Problem(code, happened, "Unlock your keyring, or sign in to the computer again. " + _SAFE)
        for code, happened in (
            ("no-keyring", "There is no keyring, so recordings cannot be sent."),
            ("keyring-locked", "The keyring is locked, so recordings cannot be sent."),
            ("keyring-denied", "The keyring was refused to us, so recordings cannot be sent."),
            ("keyring-silent", "The keyring does not answer, so recordings cannot be sent."),
        )
    ),
    Problem(
        "update-waits",
        "An update of Twinreel waits for the end of this call.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    Problem(
        "version-old",
        "This version of Twinreel is older than your company wants it to be. It records on.",
        _CALL_IT,
        urgent=False,
    ),
    Problem(
        "uploader-gone",
        "The program that sends recordings does not run.",
        "It is started again by itself. " + _SAFE,
        urgent=False,
    ),
    Problem(
        "central-unreachable",
        "Central cannot be reached. Recordings are kept on this computer until it can.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    Problem(
        "captive-portal",
        "This network wants a sign-in of its own first. Recordings are kept on this computer.",
        "Open any page in the browser and sign in to the network.",
        urgent=False,
    ),
    Problem(
        "proxy-unreachable",
        "The proxy on the way to central does not answer. Recordings are kept on this computer.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    Problem(
        "pac-broken",
        "The rules for proxies cannot be read; recordings are sent without them.",
        _CALL_IT,
        urgent=False,
    ),
    Problem(
        "central-unwell",
        "Central cannot take recordings at the moment. They are kept on this computer.",
        _NOTHING_TO_DO,
        urgent=False,
    ),
    *(
        Problem(code, happened + " Recordings are kept on this computer.", _CALL_IT)
        for code, happened in (
            ("not-enrolled", "This computer is not enrolled at central."),
            ("central-refuses", "Central does not accept what this computer sends."),
            ("central-refuses-desk", "Central does not accept this computer."),
            ("desk-copied", "A copy of this computer has signed in at central in its place."),
            ("central-untrusted", "The connection to central is not to be trusted."),
            ("central-foreign", "What answers in central's place is not the central we know."),
            ("central-confused", "Central answers what makes no sense."),
            ("proxy-sign-in", "The proxy on the way to central asks for another password."),
            ("proxy-refuses", "The proxy on the way to central refuses the connection."),
            ("client-key", "The certificate that this computer shows central cannot be used."),
            ("client-certificate", "Central does not accept this computer's certificate."),
            ("receipt-wrong", "Central's receipt does not match what was sent."),
            ("spool-fails", "The recordings on this computer cannot be read."),
            ("fault", "The program that sends recordings met a fault of its own."),
        )
    ),
    Problem(
        "refused-recording",
        "Central refused a recording. It is set aside on this computer.",
        _CALL_IT,
    ),
    Problem(
        "out-of-touch",
        "Workspace is silent. What was being done goes on; no new recording begins.",
        "Check that Workspace still works, and reload it if it does not.",
        urgent=False,
    ),
    Problem(
        "voice-order-failed",
        "Workspace did not pause or resume its voice recording.",
        "Pause or resume the recording in Workspace itself.",
    ),
    Problem(
        "port-taken",
        "Another program uses the port at which Workspace signs in.",
        _CALL_IT,
    ),
    Problem(
        "certificate-missing",
        "This computer has no certificate yet, so Workspace cannot sign in by HTTPS.",
        _CALL_IT,
    ),
    Problem(
        "certificate-unusable",
        "The certificate by which Workspace signs in cannot be read.",
        _CALL_IT,
    ),
    Problem(
        "certificate-expired",
        "The certificate by which Workspace signs in is out of date.",
        _CALL_IT,
    ),
    Problem(
        "certificate-expiring",
        "The certificate by which Workspace signs in will soon be out of date.",
        _CALL_IT,
        urgent=False,
    ),
    Problem(
        "two-sign-ins",
        "Two agents are signed in at this computer. Only the first one's calls are recorded.",
        "Sign out in the Workspace that is not yours.",
    ),
    Problem(
        "hotkey-taken",
        "Another program uses the key combination that pauses recording. It does not pause now.",
        "Pause with Twinreel's icon. " + _CALL_IT,
        urgent=False,
    ),
    Problem(
        "hotkey-impossible",
        "The key combination that pauses recording does not work on this computer.",
        "Pause with Twinreel's icon. " + _CALL_IT,
        urgent=False,
    ),
    Problem(
        "not-remembered",
        "The state of this call cannot be written down. A restart would lose the pause.",
        "Free some space on this computer, or call your IT department.",
    ),
    Problem(
        "internal-error",
        "Something went wrong inside Twinreel. It goes on as well as it can.",
        _CALL_IT,
    ),
)
PROBLEMS = {problem.code: problem for problem in _TABLE}


def problem(code: str) -> Problem:
    """The words for a code. One that is not in the table is shown as it is."""
    unknown = Problem(code, f"There is a problem that has no words yet: {code}.", _CALL_IT)
    return PROBLEMS.get(code, unknown)
