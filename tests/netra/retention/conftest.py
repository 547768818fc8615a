"""An office with a past: old items that nobody flagged, one that was no violation, one of a case, and one of last week."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from crawler.items import FetchedArticle
from crawler.storing.storage import keep_parts, store_article
from models import Case, CaseLead, Flag, FlagState, Item, Outcome, now
from models.database import make_session
from models.evidence.store import EvidenceWriter, Fetched
from models.settings import Settings
from netra.retention.rules import load_rules
from netra.retention.run import Result, run
from tests.factories import make_flag, make_source, make_user

OLD = timedelta(days=800)
MARK = "Zulkhairawan"
"""A word that stands in everything that is to go, and nowhere else."""
KEPT = "Tumenggungsari"


@dataclass(frozen=True)
class Office:
    unflagged: Item
    harmless: Item
    evidence: Item
    recent: Item


@pytest.fixture
def office(session: Session, settings: Settings) -> Office:
    with EvidenceWriter(settings.evidence_dir) as writer:
        items = [store(session, writer, number, word) for number, word in enumerate((MARK, MARK, KEPT, KEPT))]
    office = Office(*items)
    session.execute(update(Item).where(Item.id.in_([item.id for item in items[:3]])).values(last_seen_at=now() - OLD))
    assess(session, make_flag(session, office.harmless), Outcome.NO_VIOLATION)
    open_case(session, assess(session, make_flag(session, office.evidence), Outcome.NO_VIOLATION))
    session.commit()
    return office


def store(session: Session, writer: EvidenceWriter, number: int, word: str) -> Item:
    """An article of two pages by an author of that name."""
    url = f"https://contoh.test/{word}/{number}"
    text = f"{word} hadir dalam rapat dinas di Wanasari nomor {number}. " * 9
    article = FetchedArticle(url, f"{word} hadir {number}", text, author=word, author_name=word, method="uji")
    stored = store_article(session, writer, article, make_source(session), fetched=make_page(url, text))
    keep_parts(session, writer, stored.version, [make_page(f"{url}?page=2", f"{word} lagi {number} {url}")])
    return stored.item


def make_page(url: str, text: str) -> Fetched:
    headers = (("Content-Type", "text/html"), ("Link", f"<{url}>"))
    return Fetched(url, f"<p>{text}</p>".encode(), "text/html", 200, headers, asked=(("User-Agent", "netra/0.1"),))


def assess(session: Session, flag: Flag, outcome: Outcome) -> Flag:
    values = {"state": FlagState.ASSESSED, "outcome": outcome.value, "assessed_at": now() - OLD}
    session.execute(update(Flag).where(Flag.id == flag.id).values(values))
    return flag


def open_case(session: Session, flag: Flag) -> Case:
    user = make_user(session)
    case = Case(title="Rapat dinas", discovered_at=now(), opened_by_id=user.id, subject_name=KEPT)
    session.add(case)
    session.flush()
    session.add(CaseLead(case_id=case.id, flag_id=flag.id, added_by_id=user.id))
    session.flush()
    return case


def run_all(engine: Engine, settings: Settings, **days: int) -> Result:
    return run(make_session(engine), settings.evidence_dir, load_rules(days), now(), "sistem:retensi:uji")


def bytes_of(folder: Path) -> bytes:
    """Everything in the evidence folder, unzipped member by member as far as it can be, and as it lies there."""
    import gzip

    found = [path.read_bytes() for path in folder.rglob("*") if path.is_file()]
    unzipped = [gzip.decompress(path.read_bytes()) for path in folder.rglob("*.warc.gz")]
    return b"\n".join(found + unzipped)
