"""The OpenAPI document: it is one, it is the one in the repository, and it says what is served."""

from __future__ import annotations

import json
from pathlib import Path

from aiohttp import web
from openapi_spec_validator import OpenAPIV31SpecValidator

from agent_client.workspace.api_document import as_text, document
from agent_client.workspace.api_operations import DOCUMENT, OPERATIONS, PREFIX
from tests.agent_client.workspace.api_staging import api

KEPT = Path(__file__).parents[3] / "docs" / "api" / "openapi.json"


def test_the_document_in_the_repository_is_the_one_that_is_served() -> None:
    # Written anew by: twinreel-agent openapi --output docs/api/openapi.json
    assert KEPT.read_text("utf-8") == as_text()


def test_it_is_openapi_3_1() -> None:
    OpenAPIV31SpecValidator(json.loads(as_text())).validate()


def test_every_refusal_that_an_operation_names_is_described() -> None:
    described = document()["components"]["responses"]
    named = {
        answer["$ref"].rpartition("/")[2]
        for methods in document()["paths"].values()
        for operation in methods.values()
        for answer in operation["responses"].values()
        if "$ref" in answer
    }
    assert named == set(described)


async def test_every_path_of_the_document_is_served_and_no_other(tmp_path: Path) -> None:
    async with api(tmp_path) as stage:
        served = {
            (route.method, route.path.removeprefix(PREFIX))
            for route in stage.door.routes()
            if isinstance(route, web.RouteDef) and route.method != "OPTIONS"
        }
    described = {(one.method, one.path) for one in OPERATIONS} | {("GET", DOCUMENT)}
    assert served == described
    assert described == {
        (method.upper(), path.removeprefix("/"))
        for path, methods in document()["paths"].items()
        for method in methods
    }
