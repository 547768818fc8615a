"""Assessments and imports to texts that training reads, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from classifier.answers import LABEL_OF_REASON, label_of
from classifier.classes import ACTS, LOOK_ALIKES
from classifier.labels import read_golden, read_labels
from classifier.reading.text import Span
from models import (
    Answer,
    Assessment,
    Cluster,
    ClusterMember,
    Flag,
    FlagState,
    GoldenItem,
    Item,
    ItemVersion,
    NoViolationReason,
    Outcome,
    TrainingText,
    now,
)
from tests.factories import PARTISAN, make_flag, make_item, make_user


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
    marked, agreed = make_flag(session), make_flag(session, make_item(session, text=f"{PARTISAN} Rapat bubar."))
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


EARLIER = now() - timedelta(days=1)


def test_the_same_words_teach_once(session: Session) -> None:
    flag = make_flag(session)
    import_text(session, PARTISAN, created_at=EARLIER)
    assess(session, flag, Outcome.INDICATION, act=ACTS[0], is_second=True)
    import_text(session, "Bupati mengimbau ASN netral.")
    assert [text.id.split("-")[0] for text in read_labels(session)] == ["impor", "penilaian"]


@pytest.mark.parametrize("outcome", [Outcome.INDICATION, Outcome.UNVERIFIABLE])
@pytest.mark.parametrize("days", [-2, 0])
def test_of_import_and_decision_the_later_one_holds(session: Session, outcome: Outcome, days: int) -> None:
    import_text(session, PARTISAN, created_at=EARLIER)
    assess(session, make_flag(session), outcome, is_second=True, created_at=now() + timedelta(days=days))
    decided = ["lainnya"] if outcome is Outcome.INDICATION else []
    assert [text.label for text in read_labels(session)] == (["imbauan"] if days else decided)


def test_an_import_that_says_a_decision_again_leaves_it_standing(session: Session) -> None:
    appeal = NoViolationReason.APPEAL
    assess(session, make_flag(session), Outcome.NO_VIOLATION, no_violation_reason=appeal, created_at=EARLIER)
    import_text(session, PARTISAN)
    assert [text.id.split("-")[0] for text in read_labels(session)] == ["penilaian"]


def test_of_imports_of_the_same_words_the_newest_teaches(session: Session) -> None:
    for title, at in (("Satu", now()), ("Dua", EARLIER)):
        import_text(session, PARTISAN, title=title, created_at=at, text_sha256=title.ljust(64, "0"))
    assert [text.document.title for text in read_labels(session)] == ["Satu"]


def join_cluster(session: Session, *items: Item) -> str:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    session.add_all(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0) for item in items)
    session.flush()
    return f"klaster-{cluster.id}"


def add_golden(session: Session, item: Item) -> None:
    session.add(GoldenItem(item_version_id=item.current_version_id, label="imbauan", added_by="uji"))
    session.flush()


def test_copies_and_stories_of_golden_items_teach_nothing(session: Session) -> None:
    golden, mate, other = make_item(session), make_item(session, text="Cerita yang sama."), make_item(session, text="Lain.")
    copy = make_item(session, text=PARTISAN.replace(" ", "\n", 1))
    for item in (mate, copy, other):
        assess(session, make_flag(session, item), Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.APPEAL)
    name = join_cluster(session, golden, mate)
    import_text(session, PARTISAN.replace(" ", "  ", 1))
    import_text(session, "Ringkasan.", event=name)
    import_text(session, "Ringkasan lain.", event=f"konten-{golden.id}")
    assert len(read_labels(session)) == 5
    add_golden(session, golden)
    assert [text.document.text for text in read_labels(session)] == ["Lain."]


def test_other_versions_of_golden_items_teach_nothing(session: Session) -> None:
    item = make_item(session)
    add_golden(session, item)
    version = ItemVersion(item_id=item.id, number=2, text="Diralat.", text_sha256="2" * 64)
    session.add(version)
    session.flush()
    item.current_version_id = version.id
    assess(session, make_flag(session, item), Outcome.NO_VIOLATION, no_violation_reason=NoViolationReason.APPEAL)
    assert read_labels(session) == []


def test_an_import_follows_its_item_into_a_cluster(session: Session) -> None:
    item = make_item(session)
    for text, event in (("Satu.", f"konten-{item.id}"), ("Dua.", f"konten-{10**30}"), ("Tiga.", "")):
        import_text(session, text, event=event)
    name = join_cluster(session, item)
    one, two, three = read_labels(session)
    assert (one.event, two.event, three.event) == (name, f"konten-{10**30}", three.id)
