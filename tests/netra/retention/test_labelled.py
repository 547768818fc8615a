"""Labels that came in by a file go with the words that they are about, and are counted."""

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from classifier.exchange.records import hash_document
from classifier.reading.document import Document
from models import AuditEvent, Item, TrainingText, now
from netra.retention.holds import erase_on_request
from netra.retention.items import erase_items
from tests.factories import make_item

WORDS = "Camat Wanasari hadir.\nRapat bubar."


def label(session: Session, text: str, **values: str) -> int:
    document = Document(text, **values)
    row = TrainingText(origin="a.csv", text_sha256=hash_document(document), kind="news", text=text, label="ikrar", **values)
    row.imported_by = "sari"
    session.add(row)
    session.flush()
    return row.id


def write(session: Session, text: str = WORDS) -> Item:
    return make_item(session, text=text, title="Judul", author_name="Sari", author_bio="Warga")


@pytest.mark.parametrize(
    ("text", "values"),
    [
        (WORDS, {"title": "Judul", "author_name": "Sari", "author_bio": "Warga"}),
        (WORDS, {"title": "Judul yang dibetulkan"}),
        (f" {WORDS.replace(chr(10), '  ')} ", {}),
    ],
)
def test_labels_of_the_same_words_go_and_others_stay(session: Session, text: str, values: dict[str, str]) -> None:
    label(session, text, **values)
    kept = label(session, f"{WORDS} Lurah pulang.", title="Judul")
    erase_on_request(session, write(session).id, "surat 7/2025", now(), "uji")
    assert session.scalars(select(TrainingText.id)).all() == [kept]
    event = session.scalars(select(AuditEvent)).one()
    assert (event.action, event.detail["teks_latih"]) == ("retensi.permintaan", 1)


def test_an_item_that_nobody_labelled_counts_none(session: Session) -> None:
    kept = label(session, "Lurah pulang.")
    item_ids = [write(session).id, write(session, "").id]
    assert "teks_latih" not in erase_items(session, item_ids, "permintaan", now())
    assert "teks_latih" not in erase_items(session, item_ids, "permintaan", now())
    assert session.scalars(select(TrainingText.id)).all() == [kept]
