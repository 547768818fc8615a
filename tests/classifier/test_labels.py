"""Assessments and imports to texts that training reads, on both engines."""

import pytest
from sqlalchemy.orm import Session

from classifier.classes import ACTS, LOOK_ALIKES
from classifier.labels import LABEL_OF_REASON, label_of, read_golden, read_labels
from classifier.reading.text import Span
from models import Answer, Assessment, Flag, FlagState, GoldenItem, NoViolationReason, Outcome, TrainingText
from tests.factories import PARTISAN, make_flag, make_user


def assess(session: Session, flag: Flag, outcome: Outcome, *, done: bool = True, **values: object) -> Assessment:
    assessment = Assessment(
        flag_id=flag.id, item_version_id=flag.item_version_id, user_id=make_user(session).id, outcome=outcome, **values
    )
    session.add(assessment)
    flag.state = FlagState.ASSESSED if done else FlagState.SECOND
    session.flush()
    return assessment


def import_text(session: Session, text: str, **values: object) -> None:
    row = TrainingText(
        **({"origin": "a.jsonl", "text_sha256": f"{hash(text) % 10**18:064d}", "kind": "news", "text": text} | values),
        label="imbauan",
        imported_by="uji",
    )
    session.add(row)
    session.flush()


@pytest.mark.parametrize(
    ("outcome", "values", "label"),
    [
        (Outcome.INDICATION, {"act": "pasang_apk"}, "pasang_apk"),
        (Outcome.INDICATION, {"act": None}, "lainnya"),
        (Outcome.NO_VIOLATION, {"no_violation_reason": NoViolationReason.APPEAL}, "imbauan"),
        (Outcome.NO_VIOLATION, {"no_violation_reason": NoViolationReason.OLD}, None),
        (Outcome.NO_VIOLATION, {"no_violation_reason": NoViolationReason.NOT_ASN}, "lain"),
        (Outcome.UNVERIFIABLE, {}, None),
        (Outcome.OUT_OF_AREA, {"content_partisan": Answer.YES, "person_asn": Answer.YES, "act": "foto_simbol"}, "foto_simbol"),
        (Outcome.DUPLICATE, {"content_partisan": Answer.YES, "person_asn": Answer.NO}, None),
    ],
)
def test_an_assessment_gives_its_class_or_teaches_nothing(outcome: Outcome, values: dict[str, object], label: str | None) -> None:
    assert label_of(Assessment(outcome=outcome, **values), predicted="kegiatan_berpihak") == label


def test_who_else_acted_is_taken_from_the_guess() -> None:
    assessment = Assessment(outcome=Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.NOT_ASN)
    assert label_of(assessment, predicted="kepala_desa") == "kepala_desa"
    assert set(LABEL_OF_REASON.values()) <= set(LOOK_ALIKES)


def test_marks_of_the_person_come_before_the_reasons_of_the_machine(session: Session) -> None:
    marked, agreed = make_flag(session), make_flag(session)
    assess(session, marked, Outcome.INDICATION, act="kegiatan_berpihak", is_second=True, evidence=[{"start": 0, "end": 5}])
    assess(session, agreed, Outcome.INDICATION, act="kegiatan_berpihak", is_second=True)
    first, second = read_labels(session)
    assert (first.evidence, second.evidence) == ((Span(0, 5),), (Span(0, 56),))
    assert first.is_partisan
    assert first.labelled_at is not None


def test_one_reading_alone_teaches_nothing_and_the_second_decides(session: Session) -> None:
    waiting, decided = make_flag(session), make_flag(session)
    assess(session, waiting, Outcome.INDICATION, done=False, act="pasang_apk")
    assess(session, decided, Outcome.INDICATION, done=False, act="pasang_apk")
    assess(session, decided, Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.APPEAL, is_second=True)
    assert [text.label for text in read_labels(session)] == ["imbauan"]


def test_what_was_withdrawn_or_is_golden_is_not_learned(session: Session) -> None:
    undone, golden = make_flag(session), make_flag(session)
    first = assess(session, undone, Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.APPEAL)
    assess(session, undone, Outcome.WITHDRAWN, undoes_id=first.id)
    assess(session, golden, Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.APPEAL)
    session.add(GoldenItem(item_version_id=golden.item_version_id, label="imbauan", added_by="uji"))
    session.flush()
    assert read_labels(session) == []
    assert [text.label for text in read_golden(session)] == ["imbauan"]


def test_the_same_words_teach_once(session: Session) -> None:
    flag = make_flag(session)
    assess(session, flag, Outcome.INDICATION, act=ACTS[0], is_second=True)
    import_text(session, PARTISAN)
    import_text(session, "Bupati mengimbau ASN netral.")
    assert [text.id.split("-")[0] for text in read_labels(session)] == ["impor", "penilaian"]
