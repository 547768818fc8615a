"""Writes under a key happen once, decisions name what they rest on, and every error is a problem document."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from jsonschema_rs import Draft202012Validator
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import AnsweredRequest, Assessment, Lease
from models.settings import Settings
from service.accounts.service import create_api_token
from service.api.document import read_examples
from service.api.routes import ApiRoute
from service.app import create_app
from service.csrf import SAFE_METHODS
from tests.factories import make_flag, make_user
from tests.processes import kill, serving

BASE = "/api/v1"
DUPLICATE = {"outcome": "duplikat"}


@pytest.fixture
def machine(session: Session, visitor: TestClient) -> TestClient:
    user = make_user(session, username="mesin", role="admin")
    visitor.headers["authorization"] = f"Bearer {create_api_token(session, user, 'uji', 1, can_write=True)}"
    for _ in range(2):
        make_flag(session)
    session.commit()
    return visitor


def post(machine: TestClient, path: str, key: str, body: Any = None, **headers: str) -> Any:
    return machine.post(f"{BASE}{path}", json=body, headers={"Idempotency-Key": key} | headers)


def test_a_repeat_gets_the_stored_answer_and_does_nothing(session: Session, machine: TestClient) -> None:
    first, again = (post(machine, "/flags/take", "kunci-1") for _ in range(2))
    assert (again.status_code, again.json()) == (200, first.json())
    assert again.headers["idempotency-replayed"] == "true"
    assert session.scalar(select(func.count()).select_from(Lease)) == 1


def test_another_body_under_the_same_key_is_refused(machine: TestClient) -> None:
    flag_id = post(machine, "/flags/take", "a").json()["flag_id"]
    assert post(machine, f"/flags/{flag_id}/assess", "b", DUPLICATE).status_code == 200
    again = post(machine, f"/flags/{flag_id}/assess", "b", {"outcome": "luar_wilayah"})
    assert (again.status_code, again.json()["code"]) == (422, "kunci_terpakai")
    assert (post(machine, "/flags/take", "dua kata").json()["code"]) == "kunci_rusak"


def test_a_refusal_is_not_stored(session: Session, machine: TestClient) -> None:
    assert post(machine, "/flags/1/release", "k").status_code == 409
    machine.post(f"{BASE}/flags/1/take")
    assert post(machine, "/flags/1/release", "k").status_code == 200
    assert session.scalar(select(func.count()).select_from(AnsweredRequest)) == 1


def test_a_key_that_is_being_worked_on_is_a_conflict(app: FastAPI, machine: TestClient) -> None:
    app.state.running_keys.add((1, "k"))
    answer = post(machine, "/flags/take", "k")
    assert (answer.status_code, answer.json()["code"], answer.headers["retry-after"]) == (409, "kunci_berjalan", "1")


def test_a_key_that_another_process_used_meanwhile_undoes_the_deed(
    session: Session, app: FastAPI, machine: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if the other one had committed between our look and our deed."""
    post(machine, "/flags/take", "k")
    monkeypatch.setattr("service.api.idempotency._find", lambda *_: None)
    answer = post(machine, "/flags/take", "k")
    assert (answer.status_code, answer.json()["code"]) == (409, "kunci_berjalan")
    assert session.scalar(select(func.count()).select_from(Lease)) == 1


def test_a_decision_survives_a_killed_service_and_is_not_taken_twice(session: Session, settings: Settings) -> None:
    import httpx2 as httpx

    flag = make_flag(session)
    key = create_api_token(session, make_user(session, role="admin"), "uji", 1, can_write=True)
    session.commit()
    headers = {"Authorization": f"Bearer {key}", "Idempotency-Key": "sekali"}
    with serving(settings) as (address, process):
        httpx.post(f"{address}{BASE}/flags/{flag.id}/take", headers={"Authorization": f"Bearer {key}"})
        first = httpx.post(f"{address}{BASE}/flags/{flag.id}/assess", json=DUPLICATE, headers=headers)
        kill(process)
    with serving(settings) as (address, _):
        again = httpx.post(f"{address}{BASE}/flags/{flag.id}/assess", json=DUPLICATE, headers=headers)
    assert (first.status_code, again.json()) == (200, first.json())
    assert session.scalar(select(func.count()).select_from(Assessment)) == 1


def test_a_stale_decision_is_refused_and_a_fresh_one_taken(machine: TestClient) -> None:
    machine.post(f"{BASE}/flags/1/take")
    tag = machine.get(f"{BASE}/flags/1").headers["etag"]
    machine.post(f"{BASE}/flags/1/take")  # A heartbeat changes no decision.
    assessed = post(machine, "/flags/1/assess", "1", DUPLICATE, **{"If-Match": tag})
    stale = machine.post(f"{BASE}/assessments/{assessed.json()['id']}/undo", headers={"If-Match": tag})
    assert (assessed.status_code, stale.status_code, stale.json()["code"]) == (200, 412, "versi_lama")
    fresh = {"If-Match": assessed.headers["etag"]}
    assert machine.post(f"{BASE}/assessments/{assessed.json()['id']}/undo", headers=fresh).status_code == 200


@pytest.fixture
def strict(settings: Settings) -> Iterator[FastAPI]:
    app = create_app(settings.model_copy(update={"api_needs_if_match": True}))
    with TestClient(app):
        yield app


def test_a_strict_house_takes_no_decision_without_a_version(session: Session, strict: FastAPI) -> None:
    flag = make_flag(session)
    key = create_api_token(session, make_user(session, role="admin"), "uji", 1, can_write=True)
    session.commit()
    machine = TestClient(strict, headers={"Authorization": f"Bearer {key}"})
    machine.post(f"{BASE}/flags/{flag.id}/take")
    answer = machine.post(f"{BASE}/flags/{flag.id}/assess", json=DUPLICATE)
    assert (answer.status_code, answer.json()["code"]) == (428, "versi_diperlukan")
    any_version = machine.post(f"{BASE}/flags/{flag.id}/assess", json=DUPLICATE, headers={"If-Match": "*"})
    assert any_version.status_code == 200


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/flags/1/assess", "{", 400),
        ("GET", "/flags/999", None, 404),
        ("GET", "/karangan", None, 404),
        ("PATCH", "/flags/1", None, 405),
        ("POST", "/flags/1/assess", "[" + " " * 270_000, 413),
        ("GET", "/flags?after=x", None, 422),
        ("POST", "/flags/1/assess", '{"outcome": "karangan"}', 422),
    ],
)
def test_errors_are_problem_documents(machine: TestClient, method: str, path: str, content: str | None, status: int) -> None:
    answer = machine.request(method, f"{BASE}{path}", content=content, headers={"content-type": "application/json"})
    problem = answer.json()
    assert (answer.status_code, problem["status"]) == (status, status)
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["instance"] == f"{BASE}{path}".partition("?")[0]
    assert problem["request_id"] == answer.headers["x-request-id"]
    assert {"type", "title", "detail", "code"} <= problem.keys()
    assert ("errors" in problem) is ("karangan" in (content or ""))
    page = machine.get(problem["type"].partition("#")[0]).text
    assert f'id="{problem["code"]}"' in page


def test_the_next_page_stands_in_the_link_header(session: Session, machine: TestClient) -> None:
    for _ in range(51):
        make_flag(session)
    session.commit()
    page = machine.get(f"{BASE}/flags", params={"kind": "news"})
    link = re.fullmatch(r'<(\S+)>; rel="next"', page.headers["link"])
    assert link is not None
    rest = machine.get(link[1])
    assert (len(page.json()["flags"]), len(rest.json()["flags"]), "link" in rest.headers) == (50, 3, False)


def test_every_write_of_the_api_takes_a_key(sqlite_app: FastAPI) -> None:
    routes = [
        context.original_route for context in iter_route_contexts(sqlite_app.routes) if (context.path or "").startswith(BASE)
    ]
    writes = [route for route in routes if isinstance(route, APIRoute) and not set(route.methods or ()) & SAFE_METHODS]
    assert writes
    assert [route.path for route in writes if not isinstance(route, ApiRoute)] == []


def test_every_example_fits_its_schema(sqlite_app: FastAPI) -> None:
    document = sqlite_app.openapi()
    for name, schema in document["components"]["schemas"].items():
        validator = Draft202012Validator(schema | {"components": document["components"]})
        for example in schema.get("examples", []):
            assert [f"{name}: {error.message}" for error in validator.iter_errors(example)] == []
    assert read_examples().keys() <= document["components"]["schemas"].keys()


def test_errors_are_problems_and_writes_take_a_key_in_the_document(sqlite_app: FastAPI) -> None:
    for path, operations in sqlite_app.openapi()["paths"].items():
        for method, operation in operations.items():
            errors = {status: answer for status, answer in operation["responses"].items() if status >= "400"}
            assert all([*answer["content"]] == ["application/problem+json"] for answer in errors.values()), path
            names = {parameter["name"] for parameter in operation.get("parameters", [])}
            assert ("Idempotency-Key" in names) is (method != "get"), path
