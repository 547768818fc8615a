"""What a page says beside its text is kept with the version, and read back as it was on both engines."""

from pathlib import Path

import pytest
from sqlalchemy import select, update
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from crawler.items import FetchedArticle
from crawler.storing.storage import store_article
from models import ItemVersion
from models.evidence.store import EvidenceWriter, Fetched
from tests.factories import make_source

ARTICLE = FetchedArticle(
    url="http://a.test/1",
    title="Camat dipanggil",
    text="Camat Wanasari dipanggil karena hadir dalam deklarasi pasangan calon di gedung olahraga.",
    editor="Bayu Samodra",
    tags=("ASN", "Pil\x00kada"),
    quality=0.9,
    quality_reasons=("tanpa nama penulis",),
)


def test_fields_are_kept_with_the_version_and_never_edited(tmp_path: Path, session: Session) -> None:
    source = make_source(session)
    with EvidenceWriter(tmp_path) as writer:
        store_article(session, writer, ARTICLE, source, fetched=Fetched("http://a.test/1", b"x", "text/html"))
    session.commit()
    expected = {"editor": "Bayu Samodra", "tags": ["ASN", "Pilkada"], "quality": 0.9, "quality_reasons": ["tanpa nama penulis"]}
    assert session.scalars(select(ItemVersion.fields)).one() == expected
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(update(ItemVersion).values(fields={}))
