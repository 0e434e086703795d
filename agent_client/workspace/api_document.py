"""The OpenAPI document of the local API, made from its table of operations and its shapes."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from agent_client.workspace.api_operations import (
    DOCUMENT,
    LONGEST_WAIT,
    OPERATIONS,
    PREFIX,
    USUAL_WAIT,
    Operation,
)
from agent_client.workspace.api_shapes import Id, Problem, State

VERSION = "1.0"  # of the API: the first number stands in its paths

_ABOUT = """\
What a custom desktop tells Twinreel's client on the same computer, and what it may ask of it.

The client listens on loopback only; `loopback.json` in its state folder names the port, and
`api-token` there holds the bearer token, which is another one after each start. Both are readable
by the user alone. Requests from web pages are refused, unless central's policy names their origin.
Every change may be said again without harm. Bodies are at most 64 KiB."""

_REFUSALS = {
    400: "The body is not JSON.",
    401: "The token is missing, or not this run's: read it again.",
    403: "Policy does not allow it; or a web page asks, or another user.",
    404: "There is no such call.",
    408: "The body did not come in time.",
    409: "Not as things are. `code` says why.",
    413: "The body is larger than 64 KiB.",
    415: "The body is not application/json.",
    422: "The body, the call's id or the query is wrong. `detail` says where.",
    500: "A fault of Twinreel's own.",
    503: "Twinreel is ending.",
}
_ANY = (401, 403, 408, 413, 500)
_CHANGE = (422, 503)


def document() -> dict[str, Any]:
    """OpenAPI 3.1."""
    shapes = [State, Problem, *(one.body for one in OPERATIONS if one.body is not None)]
    _, schemas = msgspec.json.schema_components(shapes, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {"title": "Twinreel local API", "version": VERSION, "description": _ABOUT},
        "servers": [
            {
                "url": "http://127.0.0.1:{port}" + PREFIX.rstrip("/"),
                "variables": {"port": {"default": "8080"}},
            }
        ],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
            "parameters": {"call_id": _call_id()},
            "responses": {f"refused{status}": _refusal(status) for status in _REFUSALS},
            "schemas": schemas,
        },
    }


def as_text() -> str:
    """As it is kept in the repository."""
    return msgspec.json.format(msgspec.json.encode(document()), indent=2).decode() + "\n"


def _paths() -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for one in OPERATIONS:
        paths.setdefault(f"/{one.path}", {})[one.method.lower()] = _operation(one)
    paths[f"/{DOCUMENT}"] = {"get": _this_document()}
    return paths


def _operation(one: Operation) -> dict[str, Any]:
    made: dict[str, Any] = {"operationId": one.name, "summary": one.summary}
    if one.says:
        made["description"] = one.says
    parameters = [{"$ref": f"#/components/parameters/{name}"} for name in _in_path(one.path)]
    parameters += {"state": _following, "stop": _wrapping_up}.get(one.name, list)()
    if parameters:
        made["parameters"] = parameters
    if one.body is not None:
        made["requestBody"] = {
            "required": not one.optional,
            "content": {"application/json": {"schema": _ref(one.body)}},
        }
    made["responses"] = {
        "200": {
            "description": "As it is now.",
            "content": {"application/json": {"schema": _ref(State)}},
        },
        **_refusals(one),
    }
    return made


def _refusals(one: Operation) -> dict[str, Any]:
    statuses = {*_ANY, *one.refusals, *((422,) if one.method == "GET" else _CHANGE)}
    if one.body is not None:
        statuses |= {400, 415}
    return {
        str(status): {"$ref": f"#/components/responses/refused{status}"}
        for status in sorted(statuses)
    }


def _refusal(status: int) -> dict[str, Any]:
    return {
        "description": _REFUSALS[status],
        "content": {"application/problem+json": {"schema": _ref(Problem)}},
    }


def _this_document() -> dict[str, Any]:
    refused = {str(one): {"$ref": f"#/components/responses/refused{one}"} for one in _ANY}
    content = {"application/json": {"schema": {"type": "object"}}}
    return {
        "operationId": "openapi",
        "summary": "This document",
        "responses": {"200": {"description": "OpenAPI 3.1.", "content": content}, **refused},
    }


def _call_id() -> dict[str, Any]:
    return {
        "name": "call_id",
        "in": "path",
        "required": True,
        "description": "Genesys' callUuid, if there is one: voice and screen are joined by it.",
        "schema": msgspec.json.schema(Id),
    }


def _following() -> list[dict[str, Any]]:
    return [
        {
            "name": "after",
            "in": "query",
            "description": "The number of the state that is known already.",
            "schema": {"type": "integer"},
        },
        {
            "name": "wait",
            "in": "query",
            "description": "Seconds to wait for another state.",
            "schema": {
                "type": "number",
                "minimum": 0,
                "maximum": LONGEST_WAIT,
                "default": USUAL_WAIT,
            },
        },
    ]


def _wrapping_up() -> list[dict[str, Any]]:
    return [
        {
            "name": "wrap_up",
            "in": "query",
            "description": "After-call work follows at once, as if `agent/state` had said so.",
            "schema": {"type": "boolean", "default": False},
        },
    ]


def _in_path(path: str) -> list[str]:
    return re.findall(r"{(\w+)}", path)


def _ref(shape: type[msgspec.Struct]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{shape.__name__}"}
