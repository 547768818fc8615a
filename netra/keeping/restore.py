"""The way back: a whole house from one archive, on SQLite or PostgreSQL, whichever it came from.

Everything is read and checked once before anything is written, written beside its place, checked again there, and moved in last.
"""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from migrations.revisions import head_revision
from migrations.upgrade import upgrade_database
from models import record_event, verify_chain
from models.audit import ChainReport
from models.base import now
from models.database import make_engine, make_reading_session, make_session, show_address
from models.settings import Settings
from netra.evidence.selection import Scope, count_snapshots
from netra.evidence.timestamps import load_roots
from netra.evidence.verify import verify as verify_evidence
from netra.keeping.beside import filled_beside
from netra.keeping.copying import ACTOR, ARCHIVED, RESTORED, Progress, copy_database, list_filled
from netra.keeping.decisions import Decisions, find_decisions, read_decisions, tell_decisions
from netra.keeping.errors import ArchiveDamaged, KeepingError
from netra.keeping.facts import Facts
from netra.keeping.places import Place, look_at
from netra.keeping.snapshot import end_journal, hash_database
from netra.keeping.staging import ASIDE, READY, Staging, find_unfinished, list_taken, move_in, read_told
from netra.keeping.unpacking import Nobody, Verified, unpack
from netra.keeping.workspace import work_folder


@dataclass(frozen=True)
class Restored:
    """What is there now."""

    home: Path
    address: str
    verified: Verified
    upgraded_to: str = ""
    """Where the archive was of an older revision."""
    kept_in: str = ""
    """Where the old house is, if there was one."""
    findings: list[str] = field(default_factory=list[str])
    """What is wrong with trail and evidence; it was so when the backup was made."""
    since: Decisions = field(default_factory=Decisions)
    """What people asked of the replaced house after the backup, and what is to be done again."""
    was_finished: bool = False
    """Whether an earlier restore was stopped when all but moving was done."""


def restore(path: Path, settings: Settings, place: Place, *, replace: bool, on_progress: Progress) -> Restored:
    """All or nothing: until the archive and what came out of it are known to be whole, nothing that was there is touched."""
    verified = unpack(path, settings, Nobody(), on_progress, stage="Checking the archive")
    facts = verified.facts
    shown = show_address(make_engine(place.address).url)
    if unfinished := find_unfinished(place.home, facts.database_sha256):
        return _finish(unfinished, place, shown, verified)
    is_filled = look_at(place, facts, verified.byte_count, replace=replace)
    place.home.mkdir(parents=True, exist_ok=True)
    with work_folder(place.home, "restore", unless=READY) as folder:
        staging, moment = Staging(folder), now()
        unpack(path, settings, staging, on_progress, stage="Unpacking")
        with _opened(staging.database) as engine:
            upgraded_to = _upgrade(engine, staging, facts, path)
            findings = _judge(engine, staging.home / "evidence", facts, settings, on_progress)
            since = find_decisions(place, engine)
            schema = "" if is_filled else _write(engine, place, path, facts, moment, since, on_progress)
        if place.is_elsewhere:
            staging.database.unlink()
        told = {"upgraded_to": upgraded_to, "schema": schema, "findings": findings}
        sets_aside = bool(list_taken(place.home, place.apart))
        staging.declare_ready(facts.database_sha256, moment, sets_aside=sets_aside, told=told)
        aside = move_in(folder, place.home, place.apart)
    return Restored(place.home, shown, verified, upgraded_to, _say_kept(aside, schema), findings, since)


def _finish(unfinished: Path, place: Place, shown: str, verified: Verified) -> Restored:
    """What a killed run left ready is moved in, and told with what that run found."""
    told = read_told(unfinished)
    kept_in = _say_kept(move_in(unfinished, place.home, place.apart), told.get("schema", ""))
    shutil.rmtree(unfinished, ignore_errors=True)
    upgraded_to, findings = told.get("upgraded_to", ""), told.get("findings", [])
    return Restored(place.home, shown, verified, upgraded_to, kept_in, findings, read_decisions(place), was_finished=True)


def _say_kept(aside: str, schema: str) -> str:
    return " and ".join(filter(None, (aside, schema and f"schema {schema}")))


def _upgrade(engine: Engine, staging: Staging, facts: Facts, path: Path) -> str:
    """Today's tables; empty where they were so already."""
    if hash_database(staging.database) != facts.database_sha256:
        raise ArchiveDamaged(path, "what was written is not what was read, so the disk cannot be trusted")
    if facts.revision == head_revision():
        return ""
    try:
        return upgrade_database(engine)
    except CommandError as error:
        raise KeepingError(f"{path} is of revision {facts.revision}, made by a newer netra. Install that one first.") from error


def _judge(engine: Engine, evidence: Path, facts: Facts, settings: Settings, on_progress: Progress) -> list[str]:
    """What is wrong with the trail and the evidence, one line each."""
    with make_reading_session(engine)() as session:
        chain = verify_chain(session, expected_head=facts.head)
        findings = [f"trail, event {found.event_id}: {found.reason}" for found in chain.breaks]
        if not chain.holds_head:
            findings.append("trail: the head that the archive names is not in it")
        scope = Scope((), None)
        total, done = count_snapshots(session, scope), 0

        def step() -> None:
            nonlocal done
            done += 1
            on_progress("Checking evidence", done, total)

        report = verify_evidence(session, evidence, scope, roots=load_roots(settings), on_step=step)
    return findings + [f"{found.place}: {found.problem}" for found in report.findings if not found.is_note]


def _write(
    engine: Engine,
    place: Place,
    path: Path,
    facts: Facts,
    moment: datetime,
    since: Decisions,
    on_progress: Progress,
) -> str:
    """Fill a database elsewhere; one in the data directory is moved there. Returns the schema that keeps the old tables."""

    def tell(session: Session, _chain: ChainReport, _rows: int) -> None:
        detail = {
            "arsip": path.name,
            "dibuat": facts.made_at.isoformat(),
            "kepala": facts.head,
            ARCHIVED: facts.database_sha256,
        }
        detail |= tell_decisions(since)
        record_event(session, RESTORED, actor=ACTOR, subject=("backup", None), detail=detail)

    if not place.is_elsewhere:
        with make_session(engine).begin() as session:
            tell(session, verify_chain(session), facts.rows)
        return ""
    aside = f"{ASIDE}{moment:%Y%m%dt%H%M%Sz}".replace("-", "_") if _is_filled(place) else ""
    with filled_beside(place.url, aside) if aside else _used(place.url) as target:
        copied = copy_database(engine, target, positions=facts.positions, on_progress=on_progress, tell=tell)
        differing = [
            name for name, found in copied.tables.items() if name in facts.tables and found.sha256 != facts.tables[name].sha256
        ]
        if differing and facts.revision == head_revision():
            raise KeepingError(f"{', '.join(differing)} are not as the archive says, though every byte is. Report this as a bug.")
    return aside


def _is_filled(place: Place) -> bool:
    with _used(place.url) as engine:
        return bool(list_filled(engine))


@contextmanager
def _used(url: str) -> Iterator[Engine]:
    engine = make_engine(url)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _opened(path: Path) -> Iterator[Engine]:
    """A database of which nothing but its one file is left afterwards."""
    engine = make_engine(f"sqlite:///{path}")
    try:
        yield engine
    except DatabaseError as error:
        said = str(error.orig).strip().splitlines()[0]
        raise KeepingError(
            f"the archive's database cannot be read, or the new one not filled: {said}. Nothing was touched."
        ) from error
    finally:
        engine.dispose()
    end_journal(path)
