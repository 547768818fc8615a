"""What somebody hostile sends, or has had stored: nothing breaks, and nothing comes out that is not theirs."""

import pytest
from fastapi.testclient import TestClient
from sqlalchemy.orm import Session

from models import Cluster, ClusterMember, Flag, Prediction, User
from models.settings import Settings
from service.accounts.service import create_api_token, load_actor
from service.app import create_app
from service.body import LARGEST_BODY
from service.items.inert import make_inert
from service.review import service
from service.review.schemas import Judgement
from tests.factories import make_flag, make_item, make_user

SEEN = {"content_partisan": "ya", "person_asn": "ya", "attribution_verified": "ya", "act": "tim_sukses", "note": "RAHASIA"}


@pytest.fixture
def awaiting(session: Session) -> Flag:
    """A flag that tono read first; somebody else must read it now."""
    flag = make_flag(session)
    tono = load_actor(session, make_user(session, username="tono"))
    service.take(session, tono, flag.id, minutes=20)
    service.assess(session, tono, flag.id, Judgement.model_validate(SEEN | {"outcome": "indikasi_pelanggaran"}))
    return flag


def reading_key_of(session: Session, user: User, visitor: TestClient) -> TestClient:
    visitor.headers["authorization"] = f"Bearer {create_api_token(session, user, 'uji', 1)}"
    session.commit()
    return visitor


def test_a_key_that_only_reads_does_not_show_its_owner_the_first_reading(session, awaiting, visitor) -> None:
    machine = reading_key_of(session, make_user(session, role="koordinator"), visitor)
    found = machine.get(f"/api/v1/flags/{awaiting.id}").json()
    assert (found["hides_first"], found["assessments"]) == (True, [])
    assert "indikasi_pelanggaran" not in machine.get("/api/v1/audit").text


def test_whoever_may_not_assess_reads_everything(session, awaiting, visitor) -> None:
    machine = reading_key_of(session, make_user(session, role="auditor"), visitor)
    assert machine.get(f"/api/v1/flags/{awaiting.id}").json()["assessments"][0]["note"] == "RAHASIA"


def test_the_second_reader_does_not_learn_who_read_first(session, awaiting, sign_in) -> None:
    browser = sign_in(role="koordinator")
    paths = (f"/penanda/{awaiting.id}", f"/api/v1/flags/{awaiting.id}", "/jejak", "/api/v1/audit")
    assert "tono" not in "".join(browser.get(path).text for path in paths).lower()
    assert browser.get("/api/v1/audit?who=tono").json()["events"] == []


def test_the_same_story_in_another_area_is_counted_and_not_shown(session, sign_in) -> None:
    here, there, unknown = (make_item(session, region_code=code, title=f"Judul {code}") for code in ("33.24", "51", None))
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    session.add_all(ClusterMember(item_id=i.id, cluster_id=cluster.id, similarity=1.0) for i in (here, there, unknown))
    flag = make_flag(session, here)
    browser = sign_in(region_code="33")
    page = browser.get(f"/penanda/{flag.id}").text
    assert "Judul 51" not in page
    assert "Judul None" not in page
    assert "2 lainnya" in page
    assert browser.get(f"/api/v1/items/{here.id}").json()["cluster_item_ids"] == [here.id]


def test_words_and_signs_of_a_reason_stay_words(session: Session, sign_in) -> None:
    flag, user = make_flag(session), make_user(session)
    prediction = session.get_one(Prediction, flag.prediction_id)
    hostile = "<img src=x onerror=alert(1)>"
    prediction.label, prediction.act = hostile, None
    prediction.evidence = [{"start": 0, "end": 9, "weight": 1, "words": [hostile], "signs": [hostile, {"a": hostile}]}]
    text = sign_in(user).get(f"/penanda/{flag.id}").text
    assert "<img" not in text
    assert text.count("&lt;img") >= 3


@pytest.mark.parametrize("query", ["wilayah=" + "3" * 60_000, "sumber=" + "x" * 81, "wilayah=33.24.01.2001.9"])
def test_a_filter_that_no_form_of_ours_sends_is_refused(sign_in, query: str) -> None:
    assert sign_in().get(f"/antrean?{query}").status_code == 422


@pytest.mark.parametrize("charset", ["undefined", "utf-7", "raw_unicode_escape", "punycode", '"\0"', "x" * 150])
@pytest.mark.parametrize("media_type", ["text/html", "text/plain"])
def test_a_copy_in_a_charset_made_to_hurt_can_be_answered(media_type: str, charset: str) -> None:
    copy = make_inert(b"<p>tetap +2AA- \\ud800 terbaca", f"{media_type}; charset={charset}")
    assert "tetap" in copy.body.encode().decode()


def test_a_copy_with_too_many_elements_is_cut_and_says_so() -> None:
    copy = make_inert(b"awal" + b"<div>" * 60_000, "text/html")
    assert copy.body.startswith("awal<div>")
    assert copy.body.count("<div>") == 12_000
    assert copy.is_truncated


def test_a_crash_tells_nothing_and_keeps_the_headers(sqlite_settings: Settings) -> None:
    app = create_app(sqlite_settings)
    app.add_api_route("/api/rusak", lambda: 1 / 0)
    app.add_api_route("/rusak", lambda: 1 / 0)
    browser = TestClient(app, raise_server_exceptions=False)
    for path in ("/rusak", "/api/rusak"):
        answer = browser.get(path)
        assert answer.status_code == 500
        assert "division" not in answer.text
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert "default-src 'self'" in answer.headers["content-security-policy"]


def test_a_huge_body_is_refused_as_a_page_and_as_json(sqlite_visitor: TestClient) -> None:
    body, chunks = b"x" * (LARGEST_BODY + 1), iter([b"x" * LARGEST_BODY, b"x"])
    page = sqlite_visitor.post("/masuk", content=body, headers={"content-type": "application/x-www-form-urlencoded"})
    assert (page.status_code, "Kiriman terlalu besar." in page.text) == (413, True)
    for content in (body, chunks):
        path = "/api/v1/flags/1/assess"
        answer = sqlite_visitor.post(path, content=content, headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (413, "terlalu_besar")
        assert answer.headers["cache-control"] == "no-store"


def test_no_answer_sends_a_browser_to_the_host_that_a_request_names(sqlite_visitor: TestClient) -> None:
    assert sqlite_visitor.get("/antrean/", headers={"host": "jahat.test"}).status_code == 404
