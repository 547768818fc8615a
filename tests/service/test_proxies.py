"""Who is connected, when a proxy stands between: only a proxy that we named may say it."""

import pytest
import uvicorn
from fastapi.testclient import TestClient
from pydantic import ValidationError

from models.settings import Settings
from service.accounts.limits import PAIR
from service.app import create_app, how_to_serve

PROXY, STRANGER = "172.30.1.2", "198.51.100.7"
CADDY_SECONDS = 120
"""How long Caddy keeps an idle connection where nobody says otherwise (`keepalive` of its transport)."""


def behind(settings: Settings, proxy: str) -> TestClient:
    """The service as `netra serve` starts it, asked by somebody at the address `proxy`."""
    named = settings.model_copy(update={"trusted_proxies": "127.0.0.1, 172.30.1.0/24", "public_url": "https://netra.test"})
    config = uvicorn.Config(create_app(named), **how_to_serve(named))
    config.load()
    return TestClient(config.loaded_app, client=(proxy, 40_000))  # pyright: ignore[reportArgumentType]


def guess(browser: TestClient, forwarded: str) -> int:
    return browser.post("/masuk", data={"nama": "sari", "sandi": "salah"}, headers={"X-Forwarded-For": forwarded}).status_code


def test_behind_a_named_proxy_people_are_counted_apart(sqlite_settings: Settings) -> None:
    browser = behind(sqlite_settings, PROXY)
    assert [guess(browser, STRANGER) for _ in range(PAIR.failures + 1)][-1] == 429
    assert guess(browser, "198.51.100.8") == 401


def test_what_a_visitor_says_of_themselves_before_the_proxy_counts_for_nothing(sqlite_settings: Settings) -> None:
    browser = behind(sqlite_settings, PROXY)
    codes = [guess(browser, f"203.0.113.{number}, {STRANGER}") for number in range(PAIR.failures + 1)]
    assert codes[-1] == 429


def test_whoever_is_no_proxy_of_ours_changes_nothing_by_a_header(sqlite_settings: Settings) -> None:
    browser = behind(sqlite_settings, STRANGER)
    assert [guess(browser, f"203.0.113.{number}") for number in range(PAIR.failures + 1)][-1] == 429


@pytest.mark.parametrize("named", ["*", "caddy", "0.0.0.0/0", "::/0", "10.0.0.1/8"])
def test_a_name_or_everybody_is_no_proxy(named: str) -> None:
    with pytest.raises(ValidationError, match="trusted_proxies"):
        Settings(trusted_proxies=named, _env_file=None)


@pytest.mark.parametrize("named", ["", "127.0.0.1,::1", "10.0.0.0/8, fd00::/8"])
def test_addresses_and_networks_are_proxies(named: str) -> None:
    assert Settings(trusted_proxies=named, _env_file=None).trusted_proxies == named


def test_a_proxy_gives_an_idle_connection_up_before_we_close_it(sqlite_settings: Settings) -> None:
    assert uvicorn.Config("app", **how_to_serve(sqlite_settings)).timeout_keep_alive > CADDY_SECONDS
