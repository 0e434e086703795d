"""Whatever is said to the local API: the answer is one that its own document foretells."""

from __future__ import annotations

import asyncio
import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openapi_schema_validator import OAS31Validator

from agent_client.workspace.api_document import as_text
from tests.agent_client.workspace.api_staging import Stage, api


@dataclass(frozen=True)
class Said:
    """One request: an operation of the document, and what goes with it."""

    method: str
    path: str
    call_id: str
    body: bytes | None
    query: str = ""


DOCUMENT: dict[str, Any] = json.loads(as_text())
STEPS = 12
PATHS = [*DOCUMENT["paths"], *(["/calls/{call_id}"] * 8)]  # the more calls, the more happens
BEGUN = Said("put", "/calls/{call_id}", "c-1", b'{"agent": "kate"}')

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
HOSTILE = st.one_of(
    st.binary(max_size=64),
    JSON.map(lambda value: json.dumps(value).encode()),
    st.integers(1, 200_000).map(lambda depth: b"[" * min(depth, 60_000)),
    st.integers(65_000, 70_000).map(lambda size: b'{"agent": "' + b"x" * size + b'"}'),
)


def of(schema: dict[str, Any]) -> st.SearchStrategy[Any]:
    """What fits a schema, as far as this API's schemas go."""
    if "$ref" in schema:
        return of(resolved(schema))
    if "anyOf" in schema:
        return st.one_of([of(one) for one in schema["anyOf"]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    match schema["type"]:
        case "null":
            return st.none()
        case "string" if schema.get("format") == "date-time":
            return st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
        case "string" if "pattern" in schema:
            most = schema["maxLength"]
            return st.from_regex(schema["pattern"]).filter(lambda text: 0 < len(text) <= most)
        case "string":
            least, most = schema.get("minLength", 0), schema.get("maxLength", 50)
            return st.text(min_size=least, max_size=min(most, 50))
        case "number":
            return st.floats(schema["minimum"], schema["maximum"])
        case "object" if "properties" in schema:
            fields = {name: of(one) for name, one in schema["properties"].items()}
            must = {name: fields.pop(name) for name in schema["required"]}
            return st.fixed_dictionaries(must, optional=fields)
        case "object":
            return st.dictionaries(st.text(min_size=1, max_size=9), st.text(max_size=9), max_size=3)
        case other:
            raise AssertionError(f"no way to make {other}")


def resolved(schema: dict[str, Any]) -> dict[str, Any]:
    found: Any = DOCUMENT
    for name in schema["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    assert isinstance(found, dict)
    return found


@st.composite
def requests(draw: st.DrawFn, *, hostile: bool) -> Said:
    path = draw(st.sampled_from(PATHS))
    method = draw(st.sampled_from(sorted(DOCUMENT["paths"][path])))
    operation = DOCUMENT["paths"][path][method]
    call_id = draw(st.sampled_from(["c-1", "c-2", "c-3"]))
    query = ""
    if path == "/state":
        query = f"?after={draw(st.integers(-5, 50))}&wait=0"
    body = None
    if hostile:
        body = draw(st.none() | HOSTILE)
        query += draw(
            st.sampled_from(["", "?after=x", "?wait=1e99", "?%00=%ff", "?after=1&after=2"])
        )
    elif "requestBody" in operation:
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        said = draw(of(schema))
        if isinstance(said.get("agent"), str):  # else hardly anybody would be signed in twice
            said["agent"] = draw(st.sampled_from(["kate", "kate", "paul", said["agent"]]))
        body = json.dumps(said).encode()
    return Said(method, path, call_id, body, query)


async def say(stage: Stage, said: Said) -> tuple[int, Any]:
    path = said.path.replace("{call_id}", said.call_id).removeprefix("/")
    status, answer, headers = await stage.desktop.asks(
        said.method.upper(), path + said.query, data=said.body
    )
    told = json.loads(answer)
    responses = DOCUMENT["paths"][said.path][said.method]["responses"]
    assert str(status) in responses, (status, told)
    foretold = responses[str(status)]
    foretold = resolved(foretold) if "$ref" in foretold else foretold
    ((kind, content),) = foretold["content"].items()
    assert headers["Content-Type"].startswith(kind)
    schema = {"$ref": f"#/components{content['schema'].get('$ref', '')[12:]}"}
    if "$ref" in content["schema"]:
        OAS31Validator({**schema, "components": DOCUMENT["components"]}).validate(told)
    return status, told


async def walk(steps: list[Said]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with api(Path(folder)) as stage:
            for said in steps:
                status, told = await say(stage, said)
                assert status != 500, told
            assert stage.engine._sound
            assert (await stage.desktop.told("GET", "state")).problems == []


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(hostile=False), min_size=1, max_size=STEPS))
def test_what_fits_the_document_is_answered_as_it_says(steps: list[Said]) -> None:
    asyncio.run(walk([BEGUN, *steps]))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(requests(hostile=True), min_size=1, max_size=STEPS))
def test_what_does_not_fit_is_refused_as_it_says(steps: list[Said]) -> None:
    asyncio.run(walk(steps))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(call_id=st.text(min_size=1, max_size=140))
def test_whatever_stands_in_an_ids_place_does_no_harm(call_id: str) -> None:
    async def told() -> None:
        with tempfile.TemporaryDirectory() as folder:
            async with api(Path(folder)) as stage:
                path = f"calls/{quote(call_id, safe='')}"
                status, answer, _ = await stage.desktop.asks("PUT", path, {"agent": "kate"})
                assert status in {200, 404, 405, 422}, answer

    asyncio.run(told())
