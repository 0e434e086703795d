"""Reading a request to the local API. Whatever is wrong with it is a RefusedError."""

from __future__ import annotations

import msgspec
from aiohttp import web

from agent_client.workspace.api_operations import Operation
from agent_client.workspace.api_shapes import Id
from agent_client.workspace.doors import RefusedError


def call_id(request: web.Request) -> str:
    """The id in the path."""
    try:
        return msgspec.convert(request.match_info["call_id"], Id)
    except msgspec.ValidationError as error:
        raise RefusedError(422, "call-id-wrong", f"The call's id is wrong: {error}.") from None


def query(request: web.Request, name: str, kind: type[int | float]) -> float | None:
    """A number in the query, if it is there."""
    text = request.query.get(name)
    if text is None:
        return None
    try:
        return msgspec.convert(text, kind, strict=False)
    except msgspec.ValidationError:
        raise RefusedError(422, "query-wrong", f"{name} is no number.") from None


def yes(request: web.Request, name: str) -> bool:
    """Whether the query says true; what is left out is false."""
    match request.query.get(name, "false"):
        case "true":
            return True
        case "false":
            return False
        case _:
            raise RefusedError(422, "query-wrong", f"{name} is true or false.")


def said(operation: Operation, content_type: str, content: bytes) -> msgspec.Struct | None:
    """The body as the operation wants it; None if it wants none."""
    if operation.body is None:
        if content.strip():
            raise RefusedError(422, "body-unexpected", "This request has no body.")
        return None
    if operation.optional and not content.strip():
        return operation.body()
    if content_type != "application/json":
        raise RefusedError(415, "body-not-json", "The body must be application/json.")
    try:
        return msgspec.json.decode(content, type=operation.body)
    except msgspec.ValidationError as error:
        raise RefusedError(422, "body-wrong", f"The body is wrong: {error}.") from None
    except (msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise RefusedError(400, "body-not-json", "The body is not JSON.") from None
