"""The one error that capture raises."""

from __future__ import annotations

import errno


class CaptureFailedError(RuntimeError):
    """The screen cannot be captured now; `code` is what the agent and IT are told.

    | code | meaning |
    |---|---|
    | wayland | this session is Wayland: only X11 sessions can be recorded |
    | no-display | there is no display to record |
    | exclusion-impossible | windows are to be painted over, and nothing tells where they are |
    | screen-unreadable | the system refuses to hand out the picture, or broke while doing so |
    | screen-black | the picture is black although the system reports no error |
    | encoder-failed | the picture could not be encoded |
    | spool-failed | the disk does not take the recording |
    | disk-full | the disk is full, or less of it is free than the policy wants |
    | spool-full | so much waits to be sent as the policy lets wait |
    | no-keys | no policy yet, so nobody to seal to |
    | recorder-fault | a fault of ours; the log has it |
    | engine-silent | the engine hangs or has died, so that nobody could pause |
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code


def code_of(error: Exception) -> str:
    """What that is called which ended a recording, or kept it from beginning."""
    if isinstance(error, CaptureFailedError):
        return error.code
    if not isinstance(error, OSError):
        return "recorder-fault"
    full = error.errno in {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
    return "disk-full" if full else "spool-failed"
