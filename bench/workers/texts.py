"""Texts that wait to be scored: made-up ones, and the rows that hold them on both engines."""

import random
from collections.abc import Iterator, Sequence

from sqlalchemy import Engine, insert, update

from bench.reading import Row
from classifier.corpus import load_corpus
from models import Item, ItemKind, ItemVersion, Rights, Source, SourceKind
from models.database import make_session

TEXTS_EACH = 3
CHUNK = 20_000


def make_texts(count: int) -> Iterator[Row]:
    """Some 180 words each, of the corpus' look-alikes: 3 in 100 are flagged, more than of real news. The same ones each time."""
    chance = random.Random(17)
    texts = [text.document.text for text in load_corpus() if not text.is_partisan]
    for number in range(count):
        yield {"title": f"Kabar {number}", "text": "\n".join(chance.choices(texts, k=TEXTS_EACH))}


def fill_texts(engine: Engine, rows: Sequence[Row], kind: ItemKind) -> None:
    """One item for each, never scored."""
    with make_session(engine).begin() as session:
        session.add(source := Source(slug="arsip", name="Arsip", kind=SourceKind.NEWS, rights=Rights.FULL_TEXT))
        session.flush()
        for first in range(0, len(rows), CHUNK):
            part = list(enumerate(rows[first : first + CHUNK], start=first + 1))
            items = [{"id": n, "source_id": source.id, "kind": kind, "item_key": f"{n:064}"} for n, _ in part]
            session.execute(insert(Item), items)
            session.execute(insert(ItemVersion), [_version(n, row) for n, row in part])
        session.execute(update(Item).values(current_version_id=Item.id), execution_options={"synchronize_session": False})


def _version(number: int, row: Row) -> dict[str, object]:
    about = {"id": number, "item_id": number, "number": 1, "text_sha256": f"{number:064}"}
    return about | {"title": row.get("title") or "", "text": row["text"]}
