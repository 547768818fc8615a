"""Who gets what from every route: asked of a running service, to be compared with the table in docs/roles.md.

`python -m tests.service.matrix` prints the rows that the table should have today.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute, iter_route_contexts
from fastapi.testclient import TestClient
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from models import (
    Assessment,
    Case,
    Correction,
    Flag,
    Item,
    Snapshot,
    Tip,
    User,
    UserSession,
    now,
)
from models.settings import Settings
from tests.factories import PASSWORD, make_user
from tests.service.rooms import fill_rooms

TABLE = Path(__file__).parent.parent.parent / "docs" / "roles.md"
ROLES = ("pembaca", "pengawas", "koordinator", "operator", "analis", "auditor", "admin")
YES, SIGN_IN, NOT_OF_A_REGION = "ya", "masuk", "·"
HOME, AWAY = "33", "51"
LAST = frozenset({"POST /keluar"})
"""Asked at the end: it takes the sign-in away that the others need."""

OF_A_REGION: dict[str, Any] = {
    "flag_id": Flag,
    "item_id": Item,
    "snapshot_id": Snapshot,
    "assessment_id": Assessment,
    "case_id": Case,
    "tip_id": Tip,
    "correction_id": Correction,
    "user_id": User,
}
"""Parameters that name something of one region, and its table. Another region must get 404 for it."""
NOBODYS = 10**9
"""An id of something that belongs to persons, not to regions: nothing is there, so nothing is lost by asking."""
FORM = {
    "alasan": "spam",
    "sampai": "2030-01-01",
    "alasan_tahan": "uji",
    "subjek": "uji",
    "peran": "pengawas",
    "cara": "surat_resmi",
    "jawaban": "dikabulkan",
    "balasan": "uji",
    "sasaran": "konten 1",
    "catatan": "uji",
}
"""What forms must be sent before they look at the region at all: of each field that some form needs, a value that fits.
A route of the API is sent the first example of its document."""
CASE = "/api/v1/cases/{case_id}"
SAME_AS = {
    "POST /perkara/{case_id}/ubah": f"PUT {CASE}",
    "POST /perkara/{case_id}/penanda": f"POST {CASE}/leads",
    "POST /perkara/{case_id}/penanda/{flag_id}/lepas": f"POST {CASE}/leads/{{flag_id}}/remove",
    "POST /perkara/{case_id}/gabung": f"POST {CASE}/merge",
    "POST /perkara/{case_id}/pisah": f"POST {CASE}/split",
    "POST /perkara/{case_id}/keadaan": f"POST {CASE}/statuses",
    "POST /perkara/{case_id}/nama": f"POST {CASE}/name",
    "POST /perkara/{case_id}/syarat": f"POST {CASE}/requirements",
    "POST /perkara/{case_id}/teruskan": f"POST {CASE}/refer",
    "POST /perkara/{case_id}/tindak-lanjut": f"POST {CASE}/follow-ups",
}
"""Forms that refuse fields which they do not know, and the route of the API that takes the same ones."""
BODIES: dict[str, dict[str, object]] = {
    "POST /perkara/{case_id}/berkas": {"purpose": "arsip", "format": "json"},
    "POST /api/v1/flags/{flag_id}/assess": {"outcome": "duplikat"},
    "POST /api/v1/flags/{flag_id}/hand-over": {"receiver": "korban"},
    "POST /api/v1/flags/{flag_id}/hold": {"until_on": "2030-01-01", "reason": "uji"},
    "POST /api/v1/flags/{flag_id}/resolve": {"outcome": "duplikat"},
}
"""What a route needs beside all that."""


@dataclass(frozen=True)
class World:
    """A browser of each role in one region, one of an admin elsewhere, and something of everything in the region."""

    app: FastAPI
    browsers: dict[str, TestClient]
    stranger: TestClient
    outsider: TestClient
    ids: dict[str, int]
    examples: dict[str, Any]
    """Of each route of the API that takes a body."""


def make_world(app: FastAPI, session: Session, settings: Settings) -> World:
    victim = make_user(session, username="korban", region_code=f"{HOME}.24")
    fill_rooms(session, settings, victim, "Camat Wanasari mengajak stafnya memilih paslon nomor urut 2.")
    session.commit()
    names = {role: (role, HOME) for role in ROLES} | {"outsider": ("admin", AWAY)}
    browsers = {name: _sign_in(app, session, name, role, region) for name, (role, region) in names.items()}
    ids = {name: session.scalar(select(func.min(table.id))) or 1 for name, table in OF_A_REGION.items()}
    ids["user_id"] = victim.id
    session.rollback()
    outsider = browsers.pop("outsider")
    return World(
        app,
        browsers,
        TestClient(app, follow_redirects=False, raise_server_exceptions=False),
        outsider,
        ids,
        _examples(app.openapi()),
    )


def list_routes(app: FastAPI) -> list[str]:
    found = {
        f"{method} {context.path}"
        for context in iter_route_contexts(app.routes)
        if isinstance(context.original_route, APIRoute)
        for method in context.methods or ()
        if method != "HEAD"
    }
    return sorted(found, key=lambda route: (route in LAST, route.split(" ")[1], route))


def ask_all(world: World) -> Iterator[tuple[str, list[str]]]:
    """Each route with its cells: signed out, every role, elsewhere."""
    for route in list_routes(world.app):
        elsewhere = _elsewhere(world, route)
        cells = [_say(world, world.stranger, route), *(_say(world, world.browsers[role], route) for role in ROLES)]
        yield route, [*cells, elsewhere]


def read_table() -> dict[str, list[str]]:
    rows = (
        line.strip().strip("|").split("|") for line in TABLE.read_text(encoding="utf-8").splitlines() if line.startswith("| `")
    )
    cells = ([cell.strip() for cell in row] for row in rows)
    return {row[0].strip("`"): row[1:] for row in cells if re.match(r"`(GET|POST|PUT|PATCH|DELETE) /", row[0])}


def _sign_in(app: FastAPI, session: Session, name: str, role: str, region: str) -> TestClient:
    user = make_user(session, username=f"uji-{name}", role=role, region_code=region)
    session.commit()
    browser = TestClient(app, follow_redirects=False, raise_server_exceptions=False)
    assert browser.post("/masuk", data={"nama": user.username, "sandi": PASSWORD}).status_code == 303
    session.execute(update(UserSession).where(UserSession.user_id == user.id).values(verified_at=now()))
    session.commit()
    return browser


def _elsewhere(world: World, route: str) -> str:
    if not set(re.findall(r"{(\w+)}", route)) & set(OF_A_REGION):
        return NOT_OF_A_REGION
    like = SAME_AS.get(route, route)
    given = BODIES.get(route) or (world.examples.get(like, {}) if " /api/" in like else FORM)
    return str(
        _send(world, world.outsider, route, {name: value for name, value in given.items() if value is not None}).status_code
    )


def _examples(document: dict[str, Any]) -> dict[str, Any]:
    schemas, found = document["components"]["schemas"], dict[str, Any]()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
            schema = schemas.get(content.get("schema", {}).get("$ref", "").rpartition("/")[2], {})
            found[f"{method.upper()} {path}"] = next(iter(content.get("examples", {}).values()), {}).get("value") or next(
                iter(schema.get("examples", [])), {}
            )
    return found


def _say(world: World, browser: TestClient, route: str) -> str:
    answer = _send(world, browser, route)
    is_sign_in = answer.headers.get("location", "").startswith("/masuk") and "set-cookie" not in answer.headers
    if answer.status_code >= 500 and answer.status_code != 503:
        return str(answer.status_code)
    if is_sign_in and not route.startswith("GET /masuk"):
        return SIGN_IN
    return str(answer.status_code) if answer.status_code in {401, 403} else YES


def _send(world: World, browser: TestClient, route: str, given: dict[str, Any] | None = None) -> Any:
    method, path = route.split(" ")
    path = re.sub(r"{(\w+)}", lambda found: str(world.ids.get(found[1], NOBODYS)), path)
    kind = "json" if path.startswith("/api/") else "data"
    body = {} if method == "GET" else {kind: given or {}}
    return browser.request(method, path, **body)


def _print() -> None:
    import tempfile

    from migrations.upgrade import upgrade_database
    from models.database import make_engine, make_session
    from service.app import create_app

    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(home=Path(folder), _env_file=None)
        engine = make_engine(settings.database_address)
        upgrade_database(engine)
        app = create_app(settings)
        with make_session(engine)() as session, TestClient(app):
            for route, cells in ask_all(make_world(app, session, settings)):
                print(f"| `{route}` | {' | '.join(cells)} |")


if __name__ == "__main__":
    _print()
