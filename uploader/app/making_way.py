"""The uploader ends when an administrator is about to replace the program's files.

Not before the client has left, which may wait for the end of a call. Meanwhile the client is not
started again, whatever became of it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta

from contract.make_way import MakeWay
from uploader.desk import Goodbye, Hello
from uploader.make_way import standing

logger = logging.getLogger(__name__)

_CLIENT_COMES = timedelta(seconds=10)  # who started us is about to say hello


class MakingWay:
    """`look` every few seconds, from one thread."""

    def __init__(
        self, connected: Callable[[], bool], find: Callable[[], MakeWay | None] = standing
    ) -> None:
        """`connected` tells whether a client is on the socket."""
        self._connected = connected
        self._find = find
        self._began: timedelta | None = None
        self._client_returns = False
        self.client: tuple[str, ...] = ()  # what starts the client that is here, or was lost
        self.marker: MakeWay | None = None  # at the last look

    def met(self, hello: Hello) -> None:
        """A client is here."""
        logger.info("client %s is here, process %s", hello.version, hello.pid)
        self.client = hello.command
        self._client_returns = False

    def said(self, goodbye: Goodbye) -> None:
        """A client left on purpose."""
        logger.info("the client says goodbye")
        self.client = ()
        self._client_returns = goodbye.returns

    def look(self, now: timedelta) -> bool:
        """Whether to end now; `now` monotonic."""
        self._began = self._began if self._began is not None else now
        self.marker = self._find()
        if self.marker is None or self._connected():
            return False
        if not self._client_returns and now - self._began < _CLIENT_COMES:
            return False
        logger.info("making way for an %s", self.marker.purpose)
        return True

    @property
    def owed(self) -> MakeWay | None:
        """The marker, if this uploader must leave a waiter: no client did that.

        For the `client` that hung or was lost, and which starts an uploader; else for itself.
        """
        return None if self._client_returns else self.marker
