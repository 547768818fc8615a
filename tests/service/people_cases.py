"""What each changing route about people needs, and the event that it leaves. `test_trail_of_routes` runs them."""

import re
from collections.abc import Callable
from typing import Any, Protocol

from fastapi.testclient import TestClient
from pyotp import TOTP

from tests.factories import PASSWORD

NEW = "sandi-uji-yang-lain"


class Desk(Protocol):
    """A signed-in admin; `rekan` is a colleague."""

    @property
    def browser(self) -> TestClient: ...


Case = tuple[Callable[[Any], object], Callable[[Any, Any], int], str]


def nothing(_: Desk) -> None:
    """No preparation."""


def mate(desk: Desk) -> int:
    return desk.browser.get("/api/v1/users?search=rekan").json()["users"][0]["id"]


def mate_row(desk: Desk) -> dict[str, Any]:
    return desk.browser.get(f"/api/v1/users/{mate(desk)}").json()


def mate_signed_in(desk: Desk) -> tuple[int, int]:
    """The colleague, and the sign-in that they opened."""
    TestClient(desk.browser.app, follow_redirects=False).post("/masuk", data={"nama": "rekan", "sandi": PASSWORD})
    row = mate_row(desk)
    return row["user"]["id"], row["sessions"][0]["id"]


def mate_with_token(desk: Desk) -> tuple[int, int]:
    browser = TestClient(desk.browser.app, follow_redirects=False)
    browser.post("/masuk", data={"nama": "rekan", "sandi": PASSWORD})
    browser.post("/api/v1/me/tokens", json={"name": "uji", "scopes": ["antrean.baca"]})
    row = mate_row(desk)
    return row["user"]["id"], row["tokens"][0]["id"]


def mate_role(desk: Desk) -> tuple[int, int]:
    user = mate_row(desk)["user"]
    return user["id"], user["roles"][0]["id"]


def mate_linked(desk: Desk) -> tuple[int, int]:
    with_provider(desk)
    number = mate(desk)
    desk.browser.post(f"/pengguna/{number}/identitas", data={"subjek": "f3a1"})
    found = re.search(r"/identitas/(\d+)/lepas", desk.browser.get(f"/pengguna/{number}").text)
    assert found
    return number, int(found[1])


def with_provider(desk: Desk) -> int:
    desk.browser.app.state.settings.oidc_issuer = "https://sso.contoh.test"  # pyright: ignore
    return mate(desk)


def mate_with_factor(desk: Desk) -> int:
    browser = TestClient(desk.browser.app, follow_redirects=False)
    browser.post("/masuk", data={"nama": "rekan", "sandi": PASSWORD})
    install_factor(browser)
    return mate(desk)


def begin_factor(browser: TestClient) -> str:
    browser.post("/saya/faktor")
    found = re.search(r'<code class="hash">([A-Z2-7]+)</code>', browser.get("/saya/faktor").text)
    assert found
    return found[1]


def install_factor(browser: TestClient) -> tuple[TOTP, list[str]]:
    """Set up as a person does; returns the telephone and the codes on paper."""
    telephone = TOTP(begin_factor(browser))
    page = browser.post("/saya/faktor/pasang", data={"kode": telephone.now()})
    assert page.status_code == 200
    return telephone, re.findall(r"<li><code>([a-z2-7-]+)</code></li>", page.text)


def own_other_session(desk: Desk) -> int:
    TestClient(desk.browser.app, follow_redirects=False).post("/masuk", data={"nama": "admin", "sandi": PASSWORD})
    return next(one["id"] for one in desk.browser.get("/api/v1/me/sessions").json()["sessions"] if not one["is_current"])


def own_token(desk: Desk) -> int:
    desk.browser.post("/api/v1/me/tokens", json={"name": "uji", "scopes": ["antrean.baca"]})
    return desk.browser.get("/api/v1/me/tokens").json()["tokens"][0]["id"]


def own_factor(desk: Desk) -> list[str]:
    return install_factor(desk.browser)[1]


def post(path: str, **data: object) -> Callable[[Any, Any], int]:
    """The path takes what the preparation gave: one id, or two."""

    def send(desk: Desk, given: Any) -> int:
        numbers = given if isinstance(given, tuple) else (given,)
        return desk.browser.post(path.format(*numbers), data=data).status_code

    return send


def api(method: str, path: str, body: dict[str, object] | None = None) -> Callable[[Any, Any], int]:
    def send(desk: Desk, given: Any) -> int:
        numbers = given if isinstance(given, tuple) else (given,)
        return desk.browser.request(method, f"/api/v1{path.format(*numbers)}", json=body).status_code

    return send


CHANGE = {"sekarang": PASSWORD, "baru": NEW, "ulang": NEW}
NEW_PERSON = {"nama_pengguna": "sari", "nama": "Sari Wulandari", "peran": "pengawas", "wilayah": "33"}

PEOPLE: dict[str, Case] = {
    "POST /saya/sandi": (nothing, post("/saya/sandi", **CHANGE), "pengguna.sandi"),
    "POST /saya/sesi/akhiri": (own_other_session, post("/saya/sesi/akhiri"), "sesi.akhiri"),
    "POST /saya/sesi/{session_id}/akhiri": (own_other_session, post("/saya/sesi/{}/akhiri"), "sesi.akhiri"),
    "POST /saya/token": (nothing, post("/saya/token", nama="uji", hari="5", cakupan="antrean.baca"), "token.tambah"),
    "POST /saya/token/{token_id}/cabut": (own_token, post("/saya/token/{}/cabut"), "token.cabut"),
    "POST /saya/faktor": (nothing, post("/saya/faktor"), "faktor.mulai"),
    "POST /saya/faktor/pasang": (
        lambda d: TOTP(begin_factor(d.browser)).now(),
        lambda d, code: d.browser.post("/saya/faktor/pasang", data={"kode": code}).status_code,
        "faktor.pasang",
    ),
    "POST /saya/faktor/hapus": (
        own_factor,
        lambda d, codes: d.browser.post("/saya/faktor/hapus", data={"kode": codes[0]}).status_code,
        "faktor.hapus",
    ),
    "POST /saya/kode": (
        own_factor,
        lambda d, codes: d.browser.post("/saya/kode", data={"kode": codes[0]}).status_code,
        "faktor.tunjuk",
    ),
    "POST /pengguna": (nothing, post("/pengguna", **NEW_PERSON), "pengguna.tambah"),
    "POST /pengguna/{user_id}/peran": (mate, post("/pengguna/{}/peran", peran="auditor"), "pengguna.peran"),
    "POST /pengguna/{user_id}/peran/{grant_id}/cabut": (
        mate_role,
        post("/pengguna/{}/peran/{}/cabut"),
        "pengguna.peran_cabut",
    ),
    "POST /pengguna/{user_id}/sandi": (mate, post("/pengguna/{}/sandi"), "pengguna.sandi"),
    "POST /pengguna/{user_id}/nonaktif": (mate, post("/pengguna/{}/nonaktif"), "pengguna.nonaktif"),
    "POST /pengguna/{user_id}/aktif": (mate, post("/pengguna/{}/aktif"), "pengguna.aktif"),
    "POST /pengguna/{user_id}/sesi/akhiri": (mate_signed_in, post("/pengguna/{}/sesi/akhiri"), "sesi.akhiri"),
    "POST /pengguna/{user_id}/sesi/{session_id}/akhiri": (
        mate_signed_in,
        post("/pengguna/{}/sesi/{}/akhiri"),
        "sesi.akhiri",
    ),
    "POST /pengguna/{user_id}/token/{token_id}/cabut": (
        mate_with_token,
        post("/pengguna/{}/token/{}/cabut"),
        "token.cabut",
    ),
    "POST /pengguna/{user_id}/faktor/hapus": (mate_with_factor, post("/pengguna/{}/faktor/hapus"), "faktor.hapus"),
    "POST /pengguna/{user_id}/identitas": (with_provider, post("/pengguna/{}/identitas", subjek="f3a1"), "identitas.taut"),
    "POST /pengguna/{user_id}/identitas/{identity_id}/lepas": (
        mate_linked,
        post("/pengguna/{}/identitas/{}/lepas"),
        "identitas.lepas",
    ),
    "DELETE /api/v1/me/sessions/{session_id}": (own_other_session, api("DELETE", "/me/sessions/{}"), "sesi.akhiri"),
    "POST /api/v1/me/tokens": (
        nothing,
        api("POST", "/me/tokens", {"name": "uji", "scopes": ["antrean.baca"]}),
        "token.tambah",
    ),
    "DELETE /api/v1/me/tokens/{token_id}": (own_token, api("DELETE", "/me/tokens/{}"), "token.cabut"),
    "POST /api/v1/users": (
        nothing,
        api("POST", "/users", {"username": "sari", "name": "Sari Wulandari", "role": "pengawas", "region_code": "33"}),
        "pengguna.tambah",
    ),
    "POST /api/v1/users/{user_id}/roles": (mate, api("POST", "/users/{}/roles", {"role": "auditor"}), "pengguna.peran"),
    "DELETE /api/v1/users/{user_id}/roles/{grant_id}": (
        mate_role,
        api("DELETE", "/users/{}/roles/{}"),
        "pengguna.peran_cabut",
    ),
    "POST /api/v1/users/{user_id}/password": (mate, api("POST", "/users/{}/password"), "pengguna.sandi"),
    "POST /api/v1/users/{user_id}/disable": (mate, api("POST", "/users/{}/disable"), "pengguna.nonaktif"),
    "POST /api/v1/users/{user_id}/enable": (mate, api("POST", "/users/{}/enable"), "pengguna.aktif"),
    "DELETE /api/v1/users/{user_id}/sessions": (mate_signed_in, api("DELETE", "/users/{0}/sessions"), "sesi.akhiri"),
    "DELETE /api/v1/users/{user_id}/sessions/{session_id}": (
        mate_signed_in,
        api("DELETE", "/users/{}/sessions/{}"),
        "sesi.akhiri",
    ),
    "DELETE /api/v1/users/{user_id}/tokens/{token_id}": (
        mate_with_token,
        api("DELETE", "/users/{}/tokens/{}"),
        "token.cabut",
    ),
    "DELETE /api/v1/users/{user_id}/second-factor": (
        mate_with_factor,
        api("DELETE", "/users/{}/second-factor"),
        "faktor.hapus",
    ),
}
