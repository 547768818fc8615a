"""Every field of every route, filled with what no form of ours sends: answered, and never by a failure of the service."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest
from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models.settings import Settings
from tests.factories import make_user
from tests.service.rooms import fill_rooms

JSON = {"content-type": "application/json"}
NESTED = b"[" * 10_000 + b"]" * 10_000
VALUES: dict[str, str] = {
    "half a letter": '"\\ud800"',
    "a NUL": '"a\\u0000b"',
    "a number beyond 64 bits": str(2**63),
    "a minus beyond 64 bits": str(-(2**63) - 1),
    "a number beyond all": "9" * 5_000,
    "no number": "1e999",
    "a very long text": '"' + "a" * 100_000 + '"',
    "a list": '[{"a": [1]}]',
    "nothing": "null",
}
AWAY = ("/keluar", "/masuk")
"""What would end the sign-in, or count as a failed one."""


@pytest.fixture
def browser(session: Session, settings: Settings, sign_in, app: FastAPI) -> TestClient:
    """An admin, for whom every door is open, among rooms that hold something."""
    somebody = make_user(session)  # Their number is asked for in every address, and their sign-in may be ended.
    sign_in(somebody)
    admin = make_user(session, username="admin", role="admin")
    fill_rooms(session, settings, admin, "Camat hadir di kampanye")
    signed_in = sign_in(admin)
    browser = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    browser.cookies = signed_in.cookies
    return browser


def list_routes(app: FastAPI) -> Iterator[tuple[str, str, list[str], list[str]]]:
    """Method, path with ids in it, names of query fields, names of body fields."""
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if not isinstance(route, APIRoute) or context.path is None or context.path.startswith(AWAY):
            continue
        all_of = [*flattened(route.dependant)]
        path = re.sub(r"\{\w+(:\w+)?\}", "1", context.path)
        query = [*fields_of([param for one in all_of for param in one.query_params])]
        body = [*fields_of([param for one in all_of for param in one.body_params])]
        for method in route.methods or ():
            yield method, path, query, body


def flattened(dependant: Dependant) -> Iterator[Dependant]:
    yield dependant
    for inner in dependant.dependencies:
        yield from flattened(inner)


def fields_of(params: list[Any]) -> Iterator[str]:
    """Fields of forms by their names, and those of models that forms or JSON are read into."""
    for param in params:
        model = getattr(param.field_info, "annotation", None)
        inner = getattr(model, "model_fields", None)
        yield from inner or [param.alias]


@pytest.mark.long
def test_no_value_of_a_field_is_a_failure_of_ours(browser: TestClient, app: FastAPI) -> None:
    failed = list[tuple[str, str, str]]()
    for method, path, query, body in list_routes(app):
        for name, value in VALUES.items():
            said = ", ".join(f'"{field}": {value}' for field in body)
            plain = "a\0b" if name == "a NUL" else value.strip('"')[:3_000]
            asked = "&".join(f"{field}={quote(plain)}" for field in query)
            content, headers = (f"{{{said}}}", JSON) if path.startswith("/api") else (form_of(body, plain), FORM)
            answer = browser.request(
                method, f"{path}?{asked}", content=content if body else None, headers=headers if body else {}
            )
            failed += [(method, path, name)] if answer.status_code >= 500 else []
    assert (failed, browser.get("/antrean").status_code) == ([], 200)
    assert sum(len(query) + len(body) for _, _, query, body in list_routes(app)) > 300


FORM = {"content-type": "application/x-www-form-urlencoded"}


def form_of(fields: list[str], value: str) -> str:
    return "&".join(f"{field}={'%ED%A0%80' if 'ud800' in value else quote(value)}" for field in fields)


def spoiled(example: dict[str, Any], text: str) -> Iterator[dict[str, Any]]:
    """The example of the document, once for each of its texts, with that one made hostile."""
    yield from (example | {name: text} for name, value in example.items() if isinstance(value, str))
    yield from (example | {name: [text]} for name, value in example.items() if isinstance(value, list))


def examples_of(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            schema = operation.get("requestBody", {}).get("content", {}).get("application/json", {}).get("schema", {})
            named = document["components"]["schemas"].get(schema.get("$ref", "").rsplit("/", 1)[-1], schema)
            for example in named.get("examples", []):
                yield method.upper(), re.sub(r"\{\w+\}", "1", path), example


def test_one_hostile_text_in_a_body_that_is_right_otherwise_is_answered(browser: TestClient, app: FastAPI) -> None:
    failed = list[tuple[str, str, dict[str, Any]]]()
    for method, path, example in examples_of(app.openapi()):
        for body in (body for text in ("half\ud800a letter", "a\0b") for body in spoiled(example, text)):
            answer = browser.request(method, path, content=json.dumps(body), headers=JSON)
            failed += [(method, path, body)] if answer.status_code >= 500 else []
    assert failed == []


def test_what_is_nested_ten_thousand_deep_is_refused(browser: TestClient, app: FastAPI) -> None:
    paths = {(method, path) for method, path, _, body in list_routes(app) if body and path.startswith("/api")}
    statuses = {(method, path): browser.request(method, path, content=NESTED, headers=JSON).status_code for method, path in paths}
    assert {asked: status for asked, status in statuses.items() if not 400 <= status < 500} == {}
