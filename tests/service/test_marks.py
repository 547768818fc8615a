"""Sentences that a person marks as showing the act."""

import pytest
from fastapi.testclient import TestClient
from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Assessment, Flag, Prediction
from service.review.schemas import MOST_MARKS, Judgement
from tests.factories import make_flag, make_user
from tests.service.judgements import INDICATION, UNVERIFIABLE

SECOND = "61-102"
"""The second sentence of the factory's text; the first one is the machine's reason."""
SEEN = {"outcome": "perlu_bukti_tambahan", "content_partisan": "ya"}


@pytest.fixture
def held(session: Session) -> Flag:
    return make_flag(session)


@pytest.fixture
def browser(held: Flag, sign_in) -> TestClient:
    """Of the person who holds the flag."""
    browser: TestClient = sign_in(make_user(session_of(held), username="sari", role="koordinator"))
    browser.post(f"/penanda/{held.id}/ambil")
    return browser


def session_of(flag: Flag) -> Session:
    session = Session.object_session(flag)
    assert session is not None
    return session


def stored(session: Session) -> list[list[dict[str, int]]]:
    return list(session.scalars(select(Assessment.evidence).order_by(Assessment.id)))


def test_the_reasons_of_the_machine_are_checked_beforehand(held: Flag, browser: TestClient) -> None:
    text = browser.get(f"/penanda/{held.id}").text
    assert 'value="0-60" form="formulir-nilai" checked>' in text
    assert f'value="{SECOND}" form="formulir-nilai">' in text


def test_nobody_marks_what_they_do_not_hold(session: Session, sign_in) -> None:
    assert 'name="bukti"' not in sign_in().get(f"/penanda/{make_flag(session).id}").text


def test_what_is_marked_is_stored_and_told(session: Session, held: Flag, browser: TestClient) -> None:
    browser.post(f"/penanda/{held.id}/nilai", data=INDICATION | {"bukti": ["0-60", SECOND]})
    marks = [{"start": 0, "end": 60}, {"start": 61, "end": 102}]
    assert stored(session) == [marks]
    assert browser.get(f"/api/v1/flags/{held.id}").json()["assessments"][0]["evidence"] == marks


def test_unchecking_everything_stores_nothing(session: Session, held: Flag, browser: TestClient) -> None:
    browser.post(f"/penanda/{held.id}/nilai", data=INDICATION)
    assert stored(session) == [[]]


def test_boxes_that_nobody_touched_are_no_marks_of_a_person_who_sees_no_act(session, held: Flag, browser: TestClient) -> None:
    browser.post(f"/penanda/{held.id}/nilai", data=UNVERIFIABLE | {"bukti": ["0-60"]})
    assert stored(session) == [[]]


@pytest.mark.parametrize("marks", [["0-103"], ["5-5"], ["9-3"], ["-1-3"], ["0-99999999999"], ["<script>"], ["0-1"] * 21])
def test_marks_that_no_form_of_ours_sends_are_refused(session, held: Flag, browser: TestClient, marks: list[str]) -> None:
    answer = browser.post(f"/penanda/{held.id}/nilai", data=INDICATION | {"bukti": marks})
    assert answer.status_code == 422
    assert "Tandai paling banyak 20 kalimat, dari teks yang dinilai." in answer.text
    assert "<script>" not in answer.text
    assert stored(session) == []


def test_a_form_with_a_gap_comes_back_with_its_marks(held: Flag, browser: TestClient) -> None:
    text = browser.post(f"/penanda/{held.id}/nilai", data={"hasil": "bukan_pelanggaran", "bukti": [SECOND]}).text
    assert f'value="{SECOND}" form="formulir-nilai" checked>' in text
    assert 'value="0-60" form="formulir-nilai">' in text


@pytest.mark.parametrize(
    "marks", [[{"start": 0, "end": 103}], [{"start": "0", "end": 3}], [{"start": 0, "end": 3, "weight": 1}], [{"start": True}]]
)
def test_the_api_takes_whole_spans_of_the_text_alone(held: Flag, browser: TestClient, marks: list[dict[str, object]]) -> None:
    path = f"/api/v1/flags/{held.id}/assess"
    assert browser.post(path, json=SEEN | {"evidence": marks}).status_code == 422
    assert browser.post(path, json=SEEN | {"evidence": [{"start": 0, "end": 102}]}).json()["evidence"] == [
        {"start": 0, "end": 102}
    ]


def test_twenty_marks_are_enough() -> None:
    marks = [{"start": number, "end": number + 1} for number in range(MOST_MARKS + 1)]
    assert len(Judgement.model_validate(SEEN | {"evidence": marks[1:]}).evidence) == MOST_MARKS
    with pytest.raises(ValidationError):
        Judgement.model_validate(SEEN | {"evidence": marks})


def test_the_api_tells_the_signs_of_each_reason(session: Session, held: Flag, browser: TestClient) -> None:
    def read() -> list[list[str]]:
        return [reason["signs"] for reason in browser.get(f"/api/v1/flags/{held.id}").json()["reasons"]]

    assert read() == [[]]
    session.get_one(Prediction, held.prediction_id).evidence = [{"start": 0, "end": 9, "weight": 1, "signs": ["dukungan"]}]
    session.commit()
    assert read() == [["dukungan"]]
