"""Pictures wait while the host of their source is read."""

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawler.errors import SourceBusy
from crawler.items import FetchedArticle
from crawler.rendering.round import render_source
from crawler.schedule import claim_next
from crawler.storing.storage import store_article
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from tests.crawler.schedule.planned import make_file, plan

PICTURED, SECTION = make_file("satu", host="h.test", render="screenshot"), make_file("dua", host="www.h.test")
PAGE = Fetched("https://h.test/1", b"<p>Rapat</p>", "text/html", 200)


def test_no_page_is_shown_while_another_section_of_its_host_is_read(session: Session, engine: Engine, settings: Settings) -> None:
    source = plan(session, PICTURED, SECTION)[0]
    assert claim_next(session, "jauh:1", ["dua"])
    session.commit()
    assert render_source(settings, engine, PICTURED, limit=5).counts == {}  # Nothing waits, so nobody is asked.
    with EvidenceWriter(settings.evidence_dir) as writer:
        store_article(session, writer, FetchedArticle(PAGE.url, "Rapat", "Camat hadir dalam rapat."), source, fetched=PAGE)
    session.commit()
    with pytest.raises(SourceBusy, match="another worker"):
        render_source(settings, engine, PICTURED, limit=5)
