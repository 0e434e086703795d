"""From the command line to the client that runs for this user, by its local API."""

from __future__ import annotations

import http.client
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn, TypeVar

import msgspec

from agent_client.certificate_folders import PEM, machine_folder, user_folder
from agent_client.config import Settings
from agent_client.host.peers import who_calls
from agent_client.ports import Caller, CallersUnknownError, Connection
from agent_client.workspace.api_operations import PREFIX, USUAL_WAIT
from agent_client.workspace.api_shapes import Problem, State
from agent_client.workspace.api_token import read_token
from contract.desk_workspace import WorkspaceConfig

PORTS_FILE = "loopback.json"  # in the state folder: where the client listens

_ANSWER_SECONDS = 10.0
_LONGEST_ANSWER = 4 * 1024 * 1024  # bytes
_UNAUTHORIZED = 401
_T = TypeVar("_T")


class NotRunningError(Exception):
    """No client runs for this user, or none that this command may reach."""


class NoAnswerError(Exception):
    """Something is there that answers late, or not as the client does."""


class RefusedError(Exception):
    """The client does not do it; `problem` says why."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem


class _Ports(msgspec.Struct, frozen=True):
    """`loopback.json`."""

    http: int | None = None
    https: int | None = None


@dataclass(frozen=True, slots=True)
class Client:
    """The client that runs with these settings, if it does."""

    folder: Path
    workspace: WorkspaceConfig = field(repr=False)  # its client secret

    @classmethod
    def of(cls, settings: Settings) -> Client:
        """The one with this state folder."""
        return cls(settings.state_dir, settings.workspace)

    def ask(self, method: str, path: str, body: msgspec.Struct | None = None) -> State:
        """Ask, and be told the state. NotRunningError, NoAnswerError, RefusedError."""
        status, answer = self._asked(method, path, body, _ANSWER_SECONDS)
        return _state(status, answer)

    def follow(self, after: int) -> State:
        """The state when it is another one, or as it is after some seconds; raises as `ask`."""
        path = f"state?after={after}&wait={USUAL_WAIT:.0f}"
        status, answer = self._asked("GET", path, None, USUAL_WAIT + _ANSWER_SECONDS)
        return _state(status, answer)

    def _asked(
        self, method: str, path: str, body: msgspec.Struct | None, seconds: float
    ) -> tuple[int, bytes]:
        status, answer = self._once(method, path, body, seconds)
        if status == _UNAUTHORIZED:  # started anew since its token was read
            status, answer = self._once(method, path, body, seconds)
        return status, answer

    def _once(
        self, method: str, path: str, body: msgspec.Struct | None, seconds: float
    ) -> tuple[int, bytes]:
        token = self._token()
        connection = self._connection(seconds)
        named = {"Host": f"localhost:{connection.port}"}
        headers = {**named, "Authorization": f"Bearer {token}"}
        content = None
        if body is not None:
            content = msgspec.json.encode(body)
            headers["Content-Type"] = "application/json"
        try:
            connection.request("GET", f"{PREFIX}state", headers=named)
            connection.getresponse().read(_LONGEST_ANSWER)  # by now somebody took the connection
            if not self.workspace.other_users:
                _must_be_ours(connection)
            connection.request(method, PREFIX + path, content, headers)
            answer = connection.getresponse()
            return answer.status, answer.read(_LONGEST_ANSWER)
        except ConnectionRefusedError as error:
            raise NotRunningError(f"nothing listens at port {connection.port}") from error
        except (OSError, http.client.HTTPException) as error:
            raise NoAnswerError("Twinreel does not answer.") from error
        finally:
            connection.close()

    def _connection(self, seconds: float) -> http.client.HTTPConnection:
        try:
            ports = msgspec.json.decode((self.folder / PORTS_FILE).read_bytes(), type=_Ports)
        except (OSError, msgspec.MsgspecError) as error:
            raise NotRunningError(f"{self.folder / PORTS_FILE} names no port") from error
        host = self.workspace.loopback_host
        host = "127.0.0.1" if host == "localhost" else host
        if ports.http is not None:
            return http.client.HTTPConnection(host, ports.http, timeout=seconds)
        if ports.https is not None:
            tls = self._tls()
            return http.client.HTTPSConnection(host, ports.https, timeout=seconds, context=tls)
        raise NotRunningError("it listens at no port")

    def _tls(self) -> ssl.SSLContext:
        """Trusts the certificate that the client shows, and no other."""
        configured = self.workspace.https_certificate
        usual = [user_folder(self.folder) / PEM, machine_folder() / PEM]
        places = [Path(configured)] if configured is not None else usual
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False  # it may be for any name: it is this one that is trusted
        context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        try:
            context.load_verify_locations(next(one for one in places if one.exists()))
        except (StopIteration, OSError) as error:
            raise NoAnswerError("Twinreel's certificate cannot be read.") from error
        return context

    def _token(self) -> str:
        try:
            token = read_token(self.folder)
        except OSError as error:
            raise NotRunningError(f"its token cannot be read: {error.strerror}") from error
        if token is None:
            raise NotRunningError("it has no token")
        return token


def _must_be_ours(connection: http.client.HTTPConnection) -> None:
    """The client may have ended, and another user's program have taken its port.

    Then that one must hear neither the token nor what is told of a call.
    """
    if connection.sock is None:
        raise NoAnswerError("What listens at Twinreel's port does not keep its connections.")
    here, there = connection.sock.getsockname(), connection.sock.getpeername()
    try:
        (owner,) = who_calls()([Connection(theirs=there[:2], ours=here[:2])])
    except CallersUnknownError as error:
        raise NoAnswerError("It cannot be found out who listens at Twinreel's port.") from error
    if owner is not Caller.OURS:
        raise NotRunningError("what listens at its port is not this user's")


def _state(status: int, answer: bytes) -> State:
    if status == http.client.OK:
        return _decoded(answer, State)
    problem = _decoded(answer, Problem)
    if status == _UNAUTHORIZED:
        raise NotRunningError("what listens there is another user's")
    raise RefusedError(problem)


def _decoded(answer: bytes, kind: type[_T]) -> _T:
    try:
        return msgspec.json.decode(answer, type=kind)
    except msgspec.MsgspecError as error:
        _strange(error)


def _strange(error: Exception) -> NoReturn:
    raise NoAnswerError("What listens at Twinreel's port answers in another way.") from error
