"""Which decision on a text teaches, and by which marks, on both engines."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy.orm import Session

from classifier.corpus import hash_corpus
from classifier.labels import read_labels
from classifier.reading.text import Span
from models import (
    OF_ONE_DECISION,
    Assessment,
    BulkAction,
    BulkDeed,
    Flag,
    FlagState,
    NoViolationReason,
    Outcome,
    Prediction,
    now,
)
from netra.retention.items import erase_items
from tests.factories import PARTISAN, make_flag, make_item, make_user

ACT: dict[str, Any] = {"outcome": Outcome.INDICATION, "act": "kegiatan_berpihak"}
CALM: dict[str, Any] = {"outcome": Outcome.NO_VIOLATION, "no_violation_reason": NoViolationReason.APPEAL}
OLD: dict[str, Any] = {"outcome": Outcome.NO_VIOLATION, "no_violation_reason": NoViolationReason.OLD}
FIRST, SECOND = [{"start": 0, "end": 5}], [{"start": 6, "end": 14}]


def assess(session: Session, flag: Flag, **values: Any) -> Assessment:
    about = {"flag_id": flag.id, "item_version_id": flag.item_version_id, "user_id": make_user(session).id}
    assessment = Assessment(**(about | values))
    session.add(assessment)
    flag.state = FlagState.ASSESSED
    session.flush()
    return assessment


def flag_text(session: Session, text: str, **version_values: Any) -> Flag:
    return make_flag(session, make_item(session, text=text, **version_values))


def taught(session: Session) -> list[tuple[str, str]]:
    return [(text.document.text, text.label) for text in read_labels(session)]


@pytest.mark.parametrize(
    ("first", "second", "span"),
    [
        (ACT | {"evidence": FIRST}, ACT, Span(0, 5)),
        (ACT | {"evidence": FIRST}, ACT | {"evidence": SECOND}, Span(6, 14)),
        (CALM | {"evidence": FIRST}, ACT, Span(0, 56)),
    ],
)
def test_marks_of_the_first_reader_stand_in_where_the_second_made_none(
    session: Session, first: dict[str, Any], second: dict[str, Any], span: Span
) -> None:
    flag = make_flag(session)
    assess(session, flag, **first)
    assess(session, flag, is_second=True, **second)
    assert [text.evidence for text in read_labels(session)] == [(span,)]


def test_marks_that_were_taken_back_do_not_stand_in(session: Session) -> None:
    flag = make_flag(session)
    first = assess(session, flag, evidence=FIRST, **ACT)
    assess(session, flag, outcome=Outcome.WITHDRAWN, undoes_id=first.id)
    assess(session, flag, **ACT)
    assert [text.evidence for text in read_labels(session)] == [(Span(0, 56),)]


@pytest.mark.parametrize(
    ("again", "label"),
    [
        (CALM, ["imbauan"]),
        ({"outcome": Outcome.UNVERIFIABLE}, []),
        (OLD, ["kegiatan_berpihak"]),
        ({"outcome": Outcome.DUPLICATE}, ["kegiatan_berpihak"]),
    ],
)
def test_the_newest_decision_on_a_text_is_the_one_that_teaches(session: Session, again: dict[str, Any], label: list[str]) -> None:
    """It is read again, by a flag of its own; what is old or a copy says nothing against what was decided."""
    flag = make_flag(session)
    assess(session, flag, **ACT)
    other = Flag(
        item_id=flag.item_id,
        item_version_id=flag.item_version_id,
        **{name: getattr(flag, name) for name in ("reason", "priority", "discovered_at", "due_on")},
    )
    session.add(other)
    session.flush()
    assess(session, other, **again)
    assert [text.label for text in read_labels(session)] == label


def test_the_same_words_under_other_titles_and_spaces_teach_once(session: Session) -> None:
    assess(session, flag_text(session, PARTISAN, title="Judul"), **CALM)
    assess(session, flag_text(session, PARTISAN.replace(". ", ".\n\n"), title="Judul lain"), **ACT)
    assert [text.label for text in read_labels(session)] == ["kegiatan_berpihak"]


def test_the_same_words_of_two_accounts_are_two_texts(session: Session) -> None:
    assess(session, flag_text(session, "Gas, pilih nomor 2!", author_bio="Camat Wanasari"), **ACT)
    assess(session, flag_text(session, "Gas, pilih nomor 2!", author_bio="Pedagang"), **CALM)
    assert [text.label for text in read_labels(session)] == ["kegiatan_berpihak", "imbauan"]


def cover(session: Session, flags: list[Flag], **values: Any) -> None:
    action = BulkAction(
        user_id=make_user(session).id, deed=BulkDeed.ASSESS, values={OF_ONE_DECISION: 1}, reason="", done=len(flags), skipped=0
    )
    session.add(action)
    session.flush()
    for flag in flags:
        assess(session, flag, bulk_id=action.id, **values)


def test_a_decision_that_covers_copies_weighs_once(session: Session) -> None:
    texts = [PARTISAN, PARTISAN, f"{PARTISAN} Demikian.", f"{PARTISAN} Tamat."]
    cover(session, [flag_text(session, text) for text in texts], **ACT)
    assert taught(session) == [(PARTISAN, "kegiatan_berpihak")]


def test_what_is_decided_of_a_copy_alone_teaches_beside_the_decision_that_covered_it(session: Session) -> None:
    flags = [flag_text(session, text) for text in (PARTISAN, f"{PARTISAN} Demikian.", f"{PARTISAN} Tamat.")]
    cover(session, flags, **ACT)
    assess(session, flag_text(session, f"{PARTISAN} Demikian."), **CALM)
    assert taught(session) == [(PARTISAN, "kegiatan_berpihak"), (f"{PARTISAN} Demikian.", "imbauan")]
    assess(session, flag_text(session, PARTISAN), **CALM)
    assert [label for _, label in taught(session)] == ["imbauan", "imbauan"]


def test_where_the_text_that_was_read_is_erased_its_copy_teaches(session: Session) -> None:
    flags = [flag_text(session, text) for text in (PARTISAN, f"{PARTISAN} Demikian.", f"{PARTISAN} Tamat.")]
    cover(session, flags, **ACT)
    erase_items(session, [flags[0].item_id], "permintaan", now())
    assert taught(session) == [(f"{PARTISAN} Demikian.", "kegiatan_berpihak")]


@pytest.mark.parametrize(
    ("guess", "label", "is_known"), [("kegiatan_berpihak", "lain", False), ("kepala_desa", "kepala_desa", True)]
)
def test_no_civil_servant_is_a_class_only_where_the_guess_names_the_office(
    session: Session, guess: str, label: str, *, is_known: bool
) -> None:
    flag = make_flag(session)
    session.get_one(Prediction, flag.prediction_id).label = guess
    assess(session, flag, outcome=Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.NOT_ASN)
    (text,) = read_labels(session)
    assert (text.label, text.is_partisan, text.is_class_known) == (label, False, is_known)
    assert hash_corpus([text]) != hash_corpus([replace(text, is_class_known=not is_known)])


def test_marks_outside_of_the_text_are_left_out(session: Session) -> None:
    flag = make_flag(session)
    session.get_one(Prediction, flag.prediction_id).evidence = [{"start": 0, "end": 9999}]
    assess(session, flag, **ACT)
    assert [text.evidence for text in read_labels(session)] == [()]


def test_a_sentence_that_speaks_against_an_act_is_no_mark(session: Session) -> None:
    flag = make_flag(session)
    against = {"start": 0, "end": 56, "weight": -0.5, "words": [], "signs": []}
    session.get_one(Prediction, flag.prediction_id).evidence = [against]
    assess(session, flag, **ACT)
    assert [text.evidence for text in read_labels(session)] == [()]
