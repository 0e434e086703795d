"""Why central would not. Each becomes one HTTP answer, in one place for each protocol.

Refusal: NotAllowed (who asks may not), NotFound (no such thing, or none that who asks may know
of), Conflict (something else has that name), Unusable (it cannot be taken, now or later), NoRoom
(the disk is full), Damaged (bytes changed on their way: send them again), Missing (files are).
"""

from __future__ import annotations


class Refusal(Exception):
    """Central would not; `code` is for programs, the message for people."""

    code = "refused"


class NotAllowed(Refusal):
    """Who asks may not do this."""

    code = "not-allowed"


class SecretReplaced(NotAllowed):
    """Who asks comes with a secret that is no longer that desk's."""

    code = "secret-replaced"


class NotFound(Refusal):
    """There is no such thing here."""

    code = "not-found"


class Conflict(Refusal):
    """Something else is there under that name."""

    code = "conflict"


class Unusable(Refusal):
    """What came cannot be taken, and sending it again would not help."""

    code = "unusable"


class NoRoom(Refusal):
    """The disk is full; when someone has made room, the same may be asked again."""

    code = "no-room"


class Damaged(Refusal):
    """The bytes are not those that were promised; they were dropped, and may be sent again."""

    code = "digest-mismatch"


class Missing(Refusal):
    """Files that the manifest names are not here yet."""

    code = "missing"

    def __init__(self, names: tuple[str, ...]) -> None:
        super().__init__(f"not here yet: {', '.join(names)}")
        self.names = names
