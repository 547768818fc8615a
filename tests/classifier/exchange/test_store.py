"""Records into training texts: once, whole, and never against what is there without being asked."""

from collections.abc import Iterable

import pytest
from sqlalchemy import Engine, func, select
from sqlalchemy.orm import Session

from classifier.corpus import CorpusText
from classifier.exchange.records import Record, Task
from classifier.exchange.store import CHUNK, ImportJob, ImportReport, store_records
from classifier.labels import read_labels
from models import AuditEvent, GoldenItem, TrainingText, now, verify_chain
from models.database import make_reading_session, make_session
from netra.retention.items import erase_items
from tests.classifier.exchange.texts import make_text, say
from tests.factories import make_item

ACT = "kegiatan_berpihak"


def store(session: Session, *texts: CorpusText, **options: bool) -> ImportReport:
    records = [Record(f"berkas:{number}", text) for number, text in enumerate(texts, start=1)]
    return store_records(session, records, ImportJob("berkas.csv", "csv", "sistem:uji", **options))


def list_events(session: Session) -> list[AuditEvent]:
    return list(session.scalars(select(AuditEvent).order_by(AuditEvent.id)))


def test_texts_go_in_once_with_their_origin_and_one_event(session: Session) -> None:
    texts = [make_text("Satu camat hadir.", ACT, (0, 4), event="klaster-1"), make_text("Dua.", title="Judul", event="")]
    assert (store(session, *texts).new, store(session, *texts).already_there) == (2, 2)
    row = session.scalars(select(TrainingText).order_by(TrainingText.id)).first()
    assert row is not None
    assert (row.origin, row.imported_by, row.evidence) == ("berkas.csv", "sistem:uji", [{"start": 0, "end": 4}])
    assert [say(text) for text in read_labels(session)] == [say(text) for text in texts]
    first, second = list_events(session)
    assert (first.action, first.subject_type, first.subject_id) == ("label.impor", "training_text", None)
    assert (first.detail["baru"], second.detail["sudah_ada"]) == (2, 2)
    assert verify_chain(session).breaks == []


@pytest.mark.parametrize("other", [make_text("Sama.", "ikrar"), make_text("Sama.", "imbauan", (0, 4))])
def test_the_same_text_with_another_answer_is_refused_unless_it_replaces(session: Session, other: CorpusText) -> None:
    store(session, make_text("Sama.", "imbauan"))
    (refused,) = store(session, other).refused
    assert refused.place == "berkas:1"
    assert "--replace" in refused.refusal
    assert store(session, other, replaces=True).replaced == 1
    assert [(text.label, text.evidence) for text in read_labels(session)] == [(other.label, other.evidence)]
    event = next(event for event in list_events(session) if event.action == "label.ganti")
    assert event.detail["label"] == ["imbauan", other.label]
    assert event.subject_id == session.scalars(select(TrainingText.id)).one()


def test_words_that_were_erased_do_not_come_back_by_an_old_file(session: Session) -> None:
    gone, _kept = (make_item(session, text=text) for text in ("Camat Wanasari hadir.", "Lurah hadir."))
    erase_items(session, [gone.id], "permintaan", now())
    report = store(session, make_text("Camat Wanasari hadir.", title="Judul lain"), make_text("Lurah hadir."))
    assert ([own.place for own in report.refused], report.new) == (["berkas:1"], 1)
    assert "were erased here" in report.refused[0].refusal


def test_an_import_that_is_its_own_event_leaves_without_its_number(session: Session) -> None:
    store(session, make_text("Satu.", event=""), make_text("Dua.", event="klaster-1"))
    assert [Task(text).event for text in read_labels(session)] == ["", "klaster-1"]


def test_a_file_that_contradicts_itself_keeps_its_first_word(session: Session) -> None:
    report = store(session, make_text("Sama.", "ikrar"), make_text("Sama.", "imbauan"), make_text("Sama.", "ikrar"))
    assert (report.new, report.already_there) == (1, 1)
    assert report.refused[0].refusal.startswith("berkas:1 gives the same text label ikrar")


def test_a_dry_run_says_the_same_and_writes_nothing(engine: Engine) -> None:
    with make_session(engine).begin() as session:
        store(session, make_text("Lama.", "imbauan"))
    texts = [make_text("Lama.", "ikrar"), make_text("Baru."), make_text("Baru."), make_text("Lama.", "ikrar")]
    with make_reading_session(engine).begin() as session:
        dry = store(session, *texts, is_dry=True, replaces=True)
    with make_session(engine).begin() as session:
        assert [text.label for text in read_labels(session)] == ["imbauan"]
        assert len(list_events(session)) == 1
        assert store(session, *texts, replaces=True) == dry
        assert (dry.new, dry.replaced, dry.already_there) == (1, 1, 2)


def test_what_breaks_in_the_middle_leaves_nothing(engine: Engine) -> None:
    def torn() -> Iterable[Record]:
        yield from (Record(f"berkas:{number}", make_text(f"Teks {number}.")) for number in range(CHUNK + 1))
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="gone"), make_session(engine).begin() as session:
        store_records(session, torn(), ImportJob("berkas", "csv", "sistem:uji"))
    with make_session(engine)() as session:
        assert session.scalar(select(func.count()).select_from(TrainingText)) == 0


def test_long_partisan_texts_without_evidence_go_in_and_are_counted(session: Session) -> None:
    short, long = "kata " * 60, "kata " * 61
    texts = [make_text(short, ACT), make_text(long, ACT), make_text(long, title="a"), make_text(long + "x", ACT, (0, 4))]
    report = store(session, *texts)
    assert (report.new, report.without_evidence) == (4, 1)


def test_golden_items_are_never_trained_on(session: Session) -> None:
    item = make_item(session, text="Camat Wanasari  hadir.")
    session.add(GoldenItem(item_version_id=item.current_version_id or 0, label="imbauan", added_by="sari"))
    session.flush()
    report = store(session, make_text("Camat Wanasari hadir."), make_text("Lain."))
    assert report.new == 1
    assert "golden" in report.refused[0].refusal


def test_records_without_label_and_refused_ones_are_counted(session: Session) -> None:
    records = [Record("berkas:1"), Record("berkas:2", refusal="rusak"), Record("berkas:3", make_text("Satu."), unread=("x",))]
    report = store_records(session, records, ImportJob("berkas", "csv", "sistem:uji"))
    assert (report.new, report.without_label, len(report.refused), report.unread) == (1, 1, 1, {"x"})
    assert report.records == 3
