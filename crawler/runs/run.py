"""One run of one source: its row, and the events that say what happened. What runs read is written by those that follow."""

import logging
import os
import socket
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, insert, select
from sqlalchemy.orm import Session

from crawler.catalogue import SourceFile, sync_sources
from crawler.runs.robots_changes import Verdict, keep_verdict
from models import CrawlRun, Feed, FetchCause, FetchEvent, FetchOutcome, ItemVersion, RunState, now, record_event
from models.database import make_session, table_of
from models.evidence.store import EvidenceWriter, Fetched, cut_torn_ends
from models.health.tally import add_to_days
from models.logs.setup import add_fact
from models.settings import Settings

logger = logging.getLogger(__name__)

ACTOR = "sistem:crawler"
GIVEN_UP_AFTER = timedelta(hours=24)

ADD_EVENTS = insert(table_of(FetchEvent))


class Run:
    """Opens the run's row and closes it. Kill-safe at every line."""

    def __init__(self, engine: Engine, settings: Settings, file: SourceFile) -> None:
        self._sessions = make_session(engine)
        self._settings = settings
        self.file = file
        self.writer = EvidenceWriter(settings.evidence_dir)
        self.listed_feeds = 0
        self.failed_feeds = 0

    def start(self, **detail: str) -> list[Feed]:
        """Sync the source, mark runs whose process is gone, open this one; returns the feeds to poll.

        `detail` goes into the audit event beside the source.
        """
        cut_torn_ends(self._settings.evidence_dir)  # It may keep nothing itself, and so open no file.
        with self._sessions.begin() as session:
            source = sync_sources(session, [self.file])[0]
            self.source_id = source.id
            self._close_dead_runs(session)
            run = CrawlRun(source_id=source.id, reason=f"proses {os.getpid()} di {socket.gethostname()}", counts={})
            session.add(run)
            session.flush()
            self.id = run.id
            query = select(Feed).where(Feed.source_id == source.id, Feed.is_enabled).order_by(Feed.id)
            feeds = list(session.scalars(query))
            detail = {"sumber": self.file.slug, **detail}
            record_event(session, "perayapan.mulai", actor=ACTOR, subject=("crawl_run", run.id), detail=detail)
        add_fact("source", self.file.slug)
        add_fact("run_id", self.id)
        logger.info("run started")
        return feeds

    def finish(self, state: RunState, reason: str) -> None:
        """Write the end of the run and its audit event."""
        self.writer.close()
        with self._sessions.begin() as session:
            run = session.get_one(CrawlRun, self.id)
            run.state, run.reason, run.finished_at = state, reason, now()
            detail = {"sumber": self.file.slug, "keadaan": str(state), "jumlah": dict(run.counts)}
            record_event(session, "perayapan.selesai", actor=ACTOR, subject=("crawl_run", run.id), detail=detail)
        told = {"state": str(state), "counts": dict(run.counts)}
        logger.log(logging.INFO if state is RunState.FINISHED else logging.WARNING, "run ended: %s", reason, extra=told)

    def keep_robots(self, host: str, verdict: Verdict, *, body: bytes = b"", status: int | None = None) -> None:
        """What a host's robots.txt says for this source."""
        with self._sessions.begin() as session:
            keep_verdict(session, self.source_id, self.file, host, verdict, body=body, status=status)

    def _note(
        self,
        session: Session,
        outcome: FetchOutcome,
        url: str,
        reason: str = "",
        fetched: Fetched | None = None,
        *,
        cause: FetchCause = FetchCause.NONE,
        feed_id: int | None = None,
        snapshot_id: int | None = None,
        status: int | None = None,
    ) -> None:
        """One fetch event, counted."""
        event = {
            "url": url,
            "outcome": outcome,
            "reason": reason,
            "cause": cause,
            "feed_id": feed_id,
            "status_code": fetched.status if fetched else status,
            "byte_count": len(fetched.body) if fetched else 0,
            "snapshot_id": snapshot_id,
            "at": now(),
        }
        self._record(session, [event])

    def _record(self, session: Session, events: Sequence[Mapping[str, Any]], articles: Sequence[ItemVersion] = ()) -> None:
        """Fetch events, and as many more in the counts of the run and of the day: progress is what the database says.

        `articles` are those of the events that gave a new text.
        """
        session.connection().execute(ADD_EVENTS, [{**event, "run_id": self.id, "source_id": self.source_id} for event in events])
        add_to_days(session, self.source_id, events, articles)
        self._count(session, Counter(str(event["outcome"]) for event in events))
        for event in events:
            if event.get("feed_id") is not None and event["outcome"] is FetchOutcome.FAILED:
                told = {"feed_id": event["feed_id"], "cause": str(event["cause"]), "status": event["status_code"]}
                logger.warning("list not read", extra=told)

    def _count(self, session: Session, counts: Mapping[str, int]) -> None:
        """Into the counts of the run, also figures that have no event of their own."""
        run = session.get_one(CrawlRun, self.id)
        run.counts = dict(Counter(run.counts) + Counter(counts))

    def _close_dead_runs(self, session: Session) -> None:
        """This process holds the source's lock on this machine, so an older run of it here has no process any more."""
        query = select(CrawlRun).where(CrawlRun.source_id == self.source_id, CrawlRun.state == RunState.RUNNING)
        for run in session.scalars(query):
            if run.reason.endswith(f" di {socket.gethostname()}") or run.started_at < now() - GIVEN_UP_AFTER:
                run.state, run.finished_at = RunState.INTERRUPTED, now()
                run.reason = f"terputus: {run.reason} tidak berjalan lagi"
        session.flush()
