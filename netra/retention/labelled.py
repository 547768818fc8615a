"""Imported labels go with the words that they are about."""

from collections.abc import Iterator, Sequence
from typing import Any, cast

from sqlalchemy import CursorResult, delete, select
from sqlalchemy.orm import Session

from classifier.exchange.records import hash_document
from classifier.reading.document import Document
from models import ItemVersion, TrainingText

CHUNK = 500


def forget_labelled(session: Session, version_ids: Sequence[int]) -> int:
    """Delete the training texts that say what these versions say; to be asked while they still have their words.

    Whoever annotated may have mended a title, an author or the spaces, so equal words are enough.
    """
    columns = (ItemVersion.text, ItemVersion.title, ItemVersion.author_name, ItemVersion.author_bio)
    query = select(*columns).where(ItemVersion.id.in_(version_ids), ItemVersion.erased_at.is_(None))
    documents = [Document(text, title, author_name=name, author_bio=bio) for text, title, name, bio in session.execute(query)]
    if not documents:
        return 0
    # By hash first: it waits for an import that is under way, so that the search by words sees what that one brought.
    gone = _delete(session, TrainingText.text_sha256.in_({hash_document(document) for document in documents}))
    words = {_squeeze(document.text) for document in documents} - {""}
    return gone + _delete(session, TrainingText.id.in_(list(_list_same(session, words))))


def _list_same(session: Session, words: set[str]) -> Iterator[int]:
    query = select(TrainingText.id, TrainingText.text).execution_options(yield_per=CHUNK)
    for text_id, text in session.execute(query):
        if _squeeze(text) in words:
            yield text_id


def _squeeze(text: str) -> str:
    return " ".join(text.split())


def _delete(session: Session, condition: Any) -> int:
    done = session.execute(delete(TrainingText).where(condition).execution_options(synchronize_session=False))
    return cast(CursorResult[Any], done).rowcount
