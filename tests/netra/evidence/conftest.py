"""Evidence as the crawler leaves it: two articles, of which one has two pages."""

from datetime import UTC, datetime

import pytest
from sqlalchemy.orm import Session

from crawler.items import FetchedArticle
from crawler.storing.storage import StoreResult, keep_parts, store_article
from models import Item, Source
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from tests.factories import make_source

ASKED = (("User-Agent", "netra/0.1"), ("Authorization", "Bearer kunci-rahasia-1"), ("Cookie", "sesi=kunci-rahasia-2"))
MOMENT = datetime(2024, 10, 16, 7, 5, 0, 250_000, tzinfo=UTC)


def make_page(url: str, words: str) -> Fetched:
    headers = (("Content-Type", "text/html; charset=utf-8"), ("Set-Cookie", "pelacak=kunci-rahasia-3"))
    body = f"<html><p>{words} di kantor camat – Wanasari.</p></html>".encode() * 40
    return Fetched(url, body, "text/html; charset=utf-8", 200, headers, MOMENT, asked=ASKED)


@pytest.fixture
def kept(session: Session, settings: Settings) -> list[Item]:
    """Two items with evidence in the folder of the settings, committed."""
    source = make_source(session)
    with EvidenceWriter(settings.evidence_dir) as writer:
        one, other = (_keep(session, writer, source, *values) for values in ((1, "Rapat dinas"), (2, "Deklarasi paslon")))
        keep_parts(session, writer, other.version, [make_page(f"{other.item.url}&page=2", "Lanjutan")])
    session.commit()
    return [one.item, other.item]


def _keep(session: Session, writer: EvidenceWriter, source: Source, number: int, words: str) -> StoreResult:
    url = f"https://contoh.test/berita/{number}?é=1"
    article = FetchedArticle(url, f"Judul {number}", f"{words} di Wanasari. " * 9, method="uji")
    return store_article(session, writer, article, source, fetched=make_page(url, words))
