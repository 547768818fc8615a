"""Pictures as a job: a host that is read just now is no failure of the round."""

import json

from sqlalchemy import Engine
from sqlalchemy.orm import Session

from crawler.items import FetchedArticle
from crawler.schedule import claim_next
from crawler.storing.storage import store_article
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from netra.jobs.collecting import render
from netra.stopping import Stop
from tests.crawler.schedule.planned import make_file, plan

FILE = make_file("satu", render="screenshot")
PAGE = Fetched("https://satu.test/1", b"<p>Rapat</p>", "text/html", 200)


def test_a_source_whose_host_is_read_comes_with_the_next_round(settings: Settings, engine: Engine, session: Session) -> None:
    folder = settings.home / "sources"
    folder.mkdir(parents=True)
    (folder / "satu.yml").write_text(json.dumps(FILE.model_dump(mode="json", exclude_defaults=True)), encoding="utf-8")
    local = settings.model_copy(update={"sources_dir": folder})
    (source,) = plan(session, FILE)
    with EvidenceWriter(local.evidence_dir) as writer:
        article = FetchedArticle(PAGE.url, "Rapat", "Camat hadir dalam rapat.")
        store_article(session, writer, article, source, fetched=PAGE)
    assert claim_next(session, "jauh:1", ["satu"])
    session.commit()
    report = render(local, engine, Stop())
    assert (report.problem, report.said) == ("", "showed 0 pages of 1 sources; satu waits: its host is read just now")
