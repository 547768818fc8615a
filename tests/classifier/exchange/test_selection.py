"""Which texts leave: labelled ones that may, and unlabelled ones near the line."""

import pytest
from sqlalchemy.orm import Session

from classifier.corpus import load_corpus
from classifier.exchange.records import Record, hash_document
from classifier.exchange.selection import EXCERPT, count_labels, select_labelled, select_unlabelled, sum_labels
from classifier.exchange.store import ImportJob, store_records
from classifier.labels import read_labels
from models import (
    Artifact,
    Assessment,
    Cluster,
    ClusterMember,
    Flag,
    FlagReason,
    FlagState,
    GoldenItem,
    Item,
    Outcome,
    Prediction,
    Rights,
    now,
)
from netra.retention.items import erase_items
from tests.classifier.exchange.texts import make_text
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user

LONG = "Camat Wanasari mengajak stafnya memilih paslon. " * 20


def add_scored(session: Session, probability: float, text: str = "", **values: object) -> Item:
    item = make_item(session, text=text or f"Teks dengan peluang {probability}.", **values)  # pyright: ignore[reportArgumentType]
    session.add(
        Prediction(
            item_version_id=item.current_version_id,
            artifact_id=live(session).id,
            probability=probability,
            label="ikut_kampanye",
            evidence=[{"start": 0, "end": 4, "weight": 1.0}],
        )
    )
    session.flush()
    return item


def live(session: Session) -> Artifact:
    artifact = make_artifact(session)
    artifact.threshold, artifact.read_line = 0.5, 0.3
    session.flush()
    return artifact


def assess(session: Session, **values: object) -> Flag:
    flag = make_flag(session, make_item(session, **values), state=FlagState.ASSESSED)  # pyright: ignore[reportArgumentType]
    user = make_user(session)
    session.add(
        Assessment(
            flag_id=flag.id,
            item_version_id=flag.item_version_id,
            user_id=user.id,
            outcome=Outcome.INDICATION,
            act="tim_sukses",
            created_at=now(),
        )
    )
    session.flush()
    return flag


def select(session: Session, most: int = 10, *, full_text: bool = False) -> list[float]:
    tasks = select_unlabelled(session, live(session), most=most, full_text=full_text).tasks
    return [task.guess.probability for task in tasks if task.guess]


def test_texts_near_the_line_come_first_and_the_hopeless_not_at_all(session: Session) -> None:
    for probability in (0.9, 0.1, 0.45, 0.16, 0.52):
        add_scored(session, probability)
    assert select(session) == [0.52, 0.45, 0.16, 0.9]
    assert select(session, 2) == [0.52, 0.45]


def test_a_task_carries_the_guess_and_no_label(session: Session) -> None:
    item = add_scored(session, 0.6, title="Judul")
    (task,) = select_unlabelled(session, live(session), most=1, full_text=False).tasks
    assert (task.text.label, task.event, task.text.document.title) == ("", f"konten-{item.id}", "Judul")
    assert task.guess is not None
    assert (task.guess.label, len(task.guess.evidence), task.guess.artifact) == ("ikut_kampanye", 1, "uji-1")


def test_what_somebody_read_labelled_or_keeps_is_not_asked_again(session: Session) -> None:
    items = [add_scored(session, probability) for probability in (0.51, 0.52, 0.53, 0.54)]
    versions = [item.current_version_id or 0 for item in items]
    make_reading = {"reason": "model", "priority": 1.0, "discovered_at": now(), "due_on": now().date()}
    session.add(Flag(item_id=items[0].id, item_version_id=versions[0], state=FlagState.ASSESSED, **make_reading))
    session.add(GoldenItem(item_version_id=versions[1], label="lain", added_by="sari"))
    session.flush()
    known = select_unlabelled(session, live(session), most=1, full_text=False).tasks[0].text
    imported = make_text(known.document.text, title=known.document.title)
    assert hash_document(imported.document) == hash_document(known.document)
    store_records(session, [Record("berkas:1", imported)], ImportJob("berkas", "csv", "sistem:uji"))
    assert select(session) == [0.54]


def test_what_its_person_had_read_without_an_estimate_goes_out_with_none(session: Session) -> None:
    objected, waiting = (add_scored(session, probability) for probability in (0.51, 0.52))
    make_reading = {"state": FlagState.OPEN, "priority": 1.0, "discovered_at": now(), "due_on": now().date()}
    for item, reason in ((objected, FlagReason.OBJECTION), (waiting, FlagReason.MODEL)):
        session.add(Flag(item_id=item.id, item_version_id=item.current_version_id, reason=reason, **make_reading))
    session.flush()
    assert select(session) == [0.52]


def test_a_long_text_that_came_back_labelled_stays_here(session: Session) -> None:
    texts = [make_text(LONG), make_text(LONG[:EXCERPT])]
    store_records(session, [Record("berkas:1", text) for text in texts], ImportJob("berkas", "csv", "sistem:uji"))
    assert select_labelled(session, with_corpus=False, full_text=False).withheld == 1
    assert len(select_labelled(session, with_corpus=False, full_text=True).tasks) == 2


def test_an_erased_text_is_asked_of_nobody(session: Session) -> None:
    erased, _kept = (add_scored(session, probability) for probability in (0.51, 0.52))
    erase_items(session, [erased.id], "permintaan", now())
    assert select(session) == [0.52]


def test_one_text_of_each_story(session: Session) -> None:
    cluster = Cluster()
    session.add(cluster)
    session.flush()
    for probability in (0.51, 0.52):
        item = add_scored(session, probability)
        session.add(ClusterMember(item_id=item.id, cluster_id=cluster.id, similarity=1.0))
    session.flush()
    (task,) = select_unlabelled(session, live(session), most=5, full_text=False).tasks
    assert task.event == f"klaster-{cluster.id}"


@pytest.mark.parametrize(("rights", "text"), [(Rights.EXCERPT, LONG), (Rights.EXCERPT, LONG[:EXCERPT]), (Rights.FULL_TEXT, LONG)])
def test_long_texts_leave_only_where_their_publisher_lets_them(session: Session, rights: Rights, text: str) -> None:
    source = make_source(session, rights=rights)
    add_scored(session, 0.6, text, source=source)
    assess(session, text=f"Lain. {text}"[: len(text)], source=source)
    withheld = int(rights is Rights.EXCERPT and len(text) > EXCERPT)
    selections = [
        select_unlabelled(session, live(session), most=9, full_text=False),
        select_labelled(session, with_corpus=False, full_text=False),
    ]
    assert [(len(own.tasks), own.withheld) for own in selections] == [(1 - withheld, withheld)] * 2
    assert select(session, full_text=True) == [0.6]
    assert len(select_labelled(session, with_corpus=False, full_text=True).tasks) == 1


def test_the_corpus_comes_along_when_asked(session: Session) -> None:
    assess(session)
    tasks = select_labelled(session, with_corpus=True, full_text=False).tasks
    assert len(tasks) == len(load_corpus()) + len(read_labels(session)) == len(load_corpus()) + 1
    assert [task.event for task in tasks] == [task.text.event for task in tasks]


def test_labels_are_counted_by_where_they_come_from(session: Session) -> None:
    assess(session)
    store_records(session, [Record("berkas:1", make_text("Satu.", "tim_sukses"))], ImportJob("berkas", "csv", "sistem:uji"))
    counts = {count.label: count for count in count_labels(session)}
    assert (counts["tim_sukses"].assessments, counts["tim_sukses"].imports) == (1, 1)
    assert counts["tim_sukses"].corpus > 0
    assert sum_labels(counts.values()).total == len(load_corpus()) + 2
