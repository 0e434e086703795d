"""A proxy file (PAC), fetched and asked, in a process of its own that its parent ends in time.

    python -m uploader.route.rules_child   # {"at", "urls", "site_ca"} on stdin; {"said"} on stdout

Such a file is a program that others wrote: it may loop for ever, take all memory or never finish
arriving, and its interpreter knows no limit. Here it can take nothing but this process with it. It
sees no variable of the environment, and reads no file.
"""

from __future__ import annotations

import importlib
import json
import os
import socket
import sys
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote, urlsplit

import dukpy
import requests
from pypac.parser_functions import function_injections
from pypac.parser_functions_ex import function_injections as ipv6_injections

from uploader.route.trust import TrustAdapter, trust

_LARGEST = 1024**2  # bytes of a file of rules
_LONGEST_ANSWER = 4096  # characters
_MEMORY = 1024**3  # bytes, where the system keeps to it
_CPU_SECONDS = 20
_TIMEOUT = (4.0, 6.0)  # seconds, to connect and for each part of the answer


def answers(at: str, urls: list[str], site_ca: str | None) -> dict[str, Any]:
    """What the rules say of each address.

    Raises whatever fails: the file, its language, what it calls.
    """
    text = fetched(at, site_ca)
    be_nobody()
    said = {}
    for url in urls:
        asked = Rules(text).ask(url, urlsplit(url).hostname or "")
        said[url] = asked[:_LONGEST_ANSWER]
    return {"said": said}


def be_nobody() -> None:
    """Where it was root who asked: others' programs are run as nobody. OSError if that cannot be.

    For ever, so it is the last of what only root may do.
    """
    importlib.import_module("encodings.idna")  # of names that rules look up; perhaps root's alone
    if sys.platform != "win32" and os.geteuid() == 0:
        nobody = importlib.import_module("pwd").getpwnam("nobody")
        os.setgroups([])
        os.setgid(nobody.pw_gid)
        os.setuid(nobody.pw_uid)


def fetched(at: str, site_ca: str | None) -> str:
    """The text at this address, or in this file. OSError, requests' errors, ValueError."""
    scheme = urlsplit(at).scheme
    if scheme in {"http", "https"}:
        content = _from_server(at, site_ca)
    else:
        with open(_path(at) if scheme == "file" else at, "rb") as file:
            content = file.read(_LARGEST + 1)
    if len(content) > _LARGEST:
        raise ValueError("the rules are larger than 1 MB")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _path(at: str) -> str:
    """The path that a file: address names; `file://C:/x` is written, too, and is wrong."""
    parts = urlsplit(at)
    path = unquote(parts.path)
    if sys.platform != "win32":
        return path
    if parts.netloc.endswith(":"):
        return parts.netloc + path
    if parts.netloc not in {"", "localhost"}:
        return f"//{parts.netloc}{path}"
    return path.lstrip("/") if ":" in path else path


def _from_server(at: str, site_ca: str | None) -> bytes:
    """Directly: what proxies there are, these rules are to say."""
    with requests.Session() as session:
        session.trust_env = False
        session.mount("https://", TrustAdapter(trust(site_ca)))
        with session.get(at, stream=True, timeout=_TIMEOUT) as response:
            response.raise_for_status()
            content = b""
            for block in response.iter_content(64 * 1024):
                content += block
                if len(content) > _LARGEST:
                    break
            return content


class Rules:
    """A file of rules, ready to be asked."""

    def __init__(self, text: str) -> None:
        """dukpy.JSRuntimeError if it is no JavaScript, or fails."""
        self._script = dukpy.JSInterpreter()
        # Its own functions load modules, and would read any file.
        self._script._funcs.clear()  # noqa: SLF001  # it offers no other way
        self._script.loader._paths.clear()  # noqa: SLF001  # as above
        for name, function in {**function_injections, **ipv6_injections}.items():
            self._lend(name, function)
        self._script.evaljs(text)
        found = self._script.evaljs("typeof FindProxyForURL === 'function'")
        self._entry = "FindProxyForURL" if found else "FindProxyForURLEx"

    def ask(self, url: str, host: str) -> str:
        """What FindProxyForURL says; ValueError if that is no text."""
        said = self._script.evaljs(
            f"{self._entry}(dukpy['url'], dukpy['host'])", url=url, host=host
        )
        if not isinstance(said, str):
            raise ValueError("the rules say nothing")  # noqa: TRY004  # for whoever wrote the file
        return said

    def _lend(self, name: str, function: Callable[..., object]) -> None:
        self._script.export_function(name, function)
        self._script.evaljs(
            f"""{name} = function() {{
                var given = Array.prototype.slice.call(arguments);
                given.unshift('{name}');
                return call_python.apply(null, given);
            }};
            void 0;"""
        )


def main() -> int:
    """Answer what stdin asks; 1 with the kind of failure on stdout."""
    asked = json.load(sys.stdin)
    windows = os.environ.get("SYSTEMROOT")
    os.environ.clear()
    if windows is not None:  # from here Windows loads what sockets and names need, when they do
        os.environ["SYSTEMROOT"] = windows
    socket.setdefaulttimeout(_TIMEOUT[1])
    if sys.platform != "win32":
        resource = importlib.import_module("resource")
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        # Who asked may have been killed meanwhile.
        resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    try:
        said = answers(asked["at"], asked["urls"], asked["site_ca"])
    except Exception as error:  # noqa: BLE001  # whatever it is, the parent is told its kind
        json.dump({"failed": type(error).__name__}, sys.stdout)
        return 1
    json.dump(said, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
