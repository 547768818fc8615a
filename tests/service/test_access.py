"""Request ids, access lines and counts."""

import json
import logging

import pytest
from fastapi.testclient import TestClient

from models.settings import Settings
from service.access import HEADER
from service.app import create_app
from service.watching.counters import Counters


@pytest.fixture(autouse=True)
def everything_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, logger="service.access")


def lines_of(caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    return [record for record in caplog.records if record.name == "service.access"]


def counters_of(browser: TestClient) -> Counters:
    return browser.app.state.counters  # pyright: ignore[reportAttributeAccessIssue, reportFunctionMemberAccess]


def test_an_answer_carries_the_id_that_a_proxy_gave(sqlite_visitor: TestClient) -> None:
    assert sqlite_visitor.get("/masuk", headers={HEADER: "proxy-0001"}).headers[HEADER] == "proxy-0001"


@pytest.mark.parametrize("given", ["", "pendek", "x" * 65, "abcdefgh\t1", "<script>alert(1)</script>"])
def test_what_is_no_sane_id_is_replaced(sqlite_visitor: TestClient, given: str) -> None:
    answered = sqlite_visitor.get("/masuk", headers={HEADER: given}).headers[HEADER]
    assert (len(answered), answered.isalnum(), answered != given) == (32, True, True)


@pytest.mark.parametrize(
    ("path", "route", "status"),
    [
        ("/penanda/1?cari=rina", "/penanda/{flag_id}", 303),
        ("/api/v1/flags/1", "/api/v1/flags/{flag_id}", 401),
        ("/rahasia/rina", "none", 404),
    ],
)
def test_a_line_names_the_pattern_and_never_the_address(
    sqlite_visitor: TestClient, caplog: pytest.LogCaptureFixture, path: str, route: str, status: int
) -> None:
    sqlite_visitor.get(path)
    (line,) = lines_of(caplog)
    said = {name: getattr(line, name) for name in ("method", "route", "status")}
    assert said == {"method": "GET", "route": route, "status": status}
    assert line.getMessage() == "answered"


def test_what_machines_ask_all_day_makes_no_line(sqlite_visitor: TestClient, caplog: pytest.LogCaptureFixture) -> None:
    for path in ("/static/netra.css", "/healthz"):
        sqlite_visitor.get(path)
    assert [line.levelname for line in lines_of(caplog)] == ["DEBUG", "DEBUG"]


def test_requests_are_counted_by_route_and_status(sqlite_visitor: TestClient) -> None:
    for path in ("/penanda/1", "/penanda/2", "/tidak/ada"):
        sqlite_visitor.get(path)
    counted = counters_of(sqlite_visitor).registry.get_sample_value
    name = "netra_http_requests_total"
    assert counted(name, {"route": "/penanda/{flag_id}", "method": "GET", "status": "303"}) == 2
    assert counted(name, {"route": "none", "method": "GET", "status": "404"}) == 1
    assert counted("netra_http_request_duration_seconds_count", {"route": "/penanda/{flag_id}", "method": "GET"}) == 2


def test_strange_methods_are_one_series(sqlite_visitor: TestClient) -> None:
    for number in range(5):
        sqlite_visitor.request(f"X{number}", "/masuk")
    text = str(list(counters_of(sqlite_visitor).registry.collect()))
    assert ("'other'" in text, "'X1'" in text) == (True, False)


def test_a_crash_is_counted_by_its_type(sqlite_settings: Settings, caplog: pytest.LogCaptureFixture) -> None:
    def crash() -> None:
        raise ZeroDivisionError("rina")

    app = create_app(sqlite_settings)
    app.add_api_route("/rusak", crash)
    browser = TestClient(app, raise_server_exceptions=False)
    answer = browser.get("/rusak")
    counted = counters_of(browser).registry.get_sample_value("netra_http_errors_total", {"type": "ZeroDivisionError"})
    assert (answer.status_code, counted) == (500, 1)
    assert [(line.route, line.status) for line in lines_of(caplog)] == [("/rusak", 500)]  # pyright: ignore
    assert len(answer.headers[HEADER]) == 32


def test_json_answers_to_errors_keep_the_id(sqlite_visitor: TestClient) -> None:
    answer = sqlite_visitor.get("/api/v1/flags/1", headers={HEADER: "proxy-0002"})
    assert (json.loads(answer.text)["code"], answer.headers[HEADER]) == ("belum_masuk", "proxy-0002")
