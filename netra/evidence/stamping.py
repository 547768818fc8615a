"""Time-stamps for the snapshots of items, one transaction each: what was answered before a failure is kept."""

from collections.abc import Sequence
from datetime import datetime

from cryptography.x509 import Certificate
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from models import Snapshot, TimeStamp
from models.evidence.store import read_unit
from models.settings import Settings
from netra.evidence.errors import EvidenceError
from netra.evidence.selection import Scope, load_items, select_snapshots
from netra.evidence.timestamps import ask_stamp, store_stamp
from netra.evidence.verify import check_unit


def list_unstamped(session: Session, ids: Sequence[int]) -> list[Snapshot]:
    load_items(session, ids)
    query = select_snapshots(Scope(tuple(ids))).where(Snapshot.id.not_in(select(TimeStamp.snapshot_id)))
    return list(session.scalars(query))


def stamp_snapshot(
    sessions: sessionmaker[Session], settings: Settings, snapshot: Snapshot, roots: Sequence[Certificate], *, actor: str
) -> datetime:
    """Ask for a time-stamp of the snapshot's records and keep it. What is damaged gets none: raises EvidenceError."""
    if problems := check_unit(settings.evidence_dir, snapshot):
        raise EvidenceError(f"snapshot {snapshot.id} is damaged: {problems[0]}. See: netra evidence verify --all")
    unit = read_unit(settings.evidence_dir, snapshot)
    token, moment = ask_stamp(settings.tsa_url, unit, roots, allows_private=settings.private_hosts)
    with sessions.begin() as session:
        store_stamp(session, snapshot, settings.tsa_url, token, moment, actor=actor)
    return moment
