"""The audit trail, newest first, with what a second reader must not learn left out."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from urllib.parse import parse_qs

from sqlalchemy.orm import Session

from models import Permission
from models.base import canonical_json
from service.accounts.actor import Actor
from service.audit.repository import TrailFilter, count_events, list_events
from service.audit.service import TrailRow, hide_first_readings
from service.errors import InvalidInput
from service.exports.tables import BATCH, MOST_ROWS, Column, ExportTable, Preview, Reach, Value, local

COLUMNS = (
    Column("nomor", "Id of the event."),
    Column("waktu", "When, ISO 8601 in WIB."),
    Column("pelaku", "Username, or `sistem:` and a program; empty while it would tell a second reader who read first."),
    Column("aksi", "Code of what was done."),
    Column("perihal", "Kind of what it was done to."),
    Column("perihal_id", "Its id."),
    Column("induk", "Id of the event that this one undoes or follows."),
    Column("rincian", "Details, canonical JSON; empty like `pelaku`."),
    Column("hash_sebelum", "Hash of the event before."),
    Column("hash", "SHA-256 of this event; `netra audit verify` checks the chain."),
)


class TrailTable(ExportTable):
    slug = "jejak"
    permission = Permission.READ_AUDIT
    page = "/jejak"
    has_names = False
    columns = COLUMNS

    def preview(self, session: Session, actor: Actor, query: str) -> Preview:
        return Preview(count_events(session, actor, _read(query), most=MOST_ROWS + 1))

    def rows(self, session: Session, reach: Reach, query: str) -> Iterator[Sequence[Value]]:
        filters, left = _read(query), MOST_ROWS
        while events := list_events(session, reach.actor, filters, most=min(BATCH, left)):
            rows = hide_first_readings(session, reach.actor, events)
            yield from (_say(row) for row in rows if not (filters.actor and row.is_hidden))
            filters, left = replace(filters, before=events[-1].id), left - len(events)
            session.expunge_all()


def _read(query: str) -> TrailFilter:
    given = {name: values[-1].strip() for name, values in parse_qs(query).items()}
    action, who = given.get("aksi", ""), given.get("pelaku", "")
    if len(action) > 60 or len(who) > 80 or "\0" in action + who:
        raise InvalidInput("nilai")
    return TrailFilter(action, who)


def _say(row: TrailRow) -> tuple[Value, ...]:
    event, hidden = row.event, row.is_hidden
    return (
        event.id,
        local(event.at, None),
        None if hidden else event.actor,
        event.action,
        event.subject_type,
        event.subject_id,
        event.parent_id,
        None if hidden else canonical_json(event.detail),
        event.previous_hash,
        event.hash,
    )
