"""Saved searches, and the weights of the queue with their preview."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import AuditEvent, Flag, QueueSettings, SavedSearch
from tests.factories import make_flag

WEIGHTS = {"score": "0", "severity": "0", "time": "0", "reach": "5", "novelty": "0", "oldest_share": "0,3"}


def test_the_default_search_opens_the_queue(session: Session, sign_in) -> None:
    browser: TestClient = sign_in()
    kept = browser.post("/antrean/tersimpan", data={"nama": "Jateng", "saring": "wilayah=33", "bawaan": "ya"})
    assert kept.headers["location"] == "/antrean?wilayah=33&pesan=tersimpan"
    assert browser.get("/antrean").headers["location"] == "/antrean?wilayah=33"
    assert browser.get("/antrean?rak=semua").status_code == 200


def test_saved_again_as_the_default_it_stays_the_default(sign_in) -> None:
    browser: TestClient = sign_in()
    for query in ("wilayah=33", "wilayah=51"):
        browser.post("/antrean/tersimpan", data={"nama": "Pagi", "saring": query, "bawaan": "ya"})
    assert browser.get("/antrean").headers["location"] == "/antrean?wilayah=51"


def test_searches_are_each_persons_own(session: Session, sign_in) -> None:
    make_flag(session)
    browser, other = sign_in(), sign_in()
    made = browser.post("/api/v1/searches", json={"name": "Jateng", "query": "wilayah=33"}).json()
    assert made["count"] == 1
    assert other.get("/api/v1/searches").json() == {"searches": []}
    assert other.post(f"/antrean/tersimpan/{made['id']}/hapus").status_code == 404
    assert browser.delete(f"/api/v1/searches/{made['id']}").status_code == 204
    assert session.scalars(select(SavedSearch)).all() == []


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_search_needs_a_name(sign_in, name: str) -> None:
    assert sign_in().post("/antrean/tersimpan", data={"nama": name}).status_code == 422


def test_weights_are_tried_before_they_are_set(session: Session, sign_in) -> None:
    low = make_flag(session, probability=0.6, reach=50, severity="berat")
    high = make_flag(session, probability=0.9, severity="berat")
    browser: TestClient = sign_in(role="koordinator")
    page = browser.get("/antrean/bobot", params=WEIGHTS).text
    assert page.index(f"/penanda/{low.id}") < page.index(f"/penanda/{high.id}")
    assert "naik dari 2" in page
    assert session.scalars(select(QueueSettings)).all() == []


def test_set_weights_put_the_queue_in_a_new_order(session: Session, sign_in) -> None:
    low = make_flag(session, probability=0.6, reach=50, severity="berat")
    high = make_flag(session, probability=0.9, severity="berat")
    browser: TestClient = sign_in(role="koordinator")
    assert browser.post("/antrean/bobot", data=WEIGHTS).headers["location"] == "/antrean/bobot?pesan=bobot"
    session.rollback()
    order = list(session.scalars(select(Flag.id).order_by(Flag.priority.desc(), Flag.id)))
    assert order == sorted([low.id, high.id]) or order == [low.id, high.id]
    assert session.scalars(select(QueueSettings.oldest_share)).one() == 0.3


@pytest.mark.parametrize("values", [{"reach": "6"}, {"reach": "x"}, {"reach": "0"}, {"oldest_share": "0"}, {"score": "nan"}])
def test_weights_that_make_no_order_are_refused(sign_in, values: dict[str, str]) -> None:
    assert sign_in(role="koordinator").post("/antrean/bobot", data=WEIGHTS | values).status_code == 422


def test_a_monitor_sets_no_weights(sign_in) -> None:
    browser: TestClient = sign_in()
    assert [browser.get("/antrean/bobot").status_code, browser.post("/antrean/bobot", data=WEIGHTS).status_code] == [403, 403]


def test_a_flag_page_says_why_it_stands_here(session: Session, sign_in) -> None:
    flag = make_flag(session, severity="berat")
    page = sign_in().get(f"/penanda/{flag.id}").text
    assert "Mengapa di sini dalam antrean" in page
    assert "Jangkauan" in page


def test_the_trail_keeps_of_a_saved_search_how_long_its_words_are(session: Session, sign_in) -> None:
    browser: TestClient = sign_in()
    browser.post("/antrean/tersimpan", data={"nama": "Satu", "saring": "wilayah=33&cari=rekaan+wiradharma", "bawaan": "ya"})
    search_id, query = session.execute(select(SavedSearch.id, SavedSearch.query)).one()
    session.rollback()
    browser.post(f"/antrean/tersimpan/{search_id}/hapus")
    kept = session.scalars(select(AuditEvent.detail).where(AuditEvent.action.like("pencarian.%"))).all()
    assert query == "wilayah=33&cari=rekaan+wiradharma"
    assert [detail["saringan"] for detail in kept] == ["wilayah=33&cari=17+huruf"] * 3
