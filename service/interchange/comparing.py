"""What another house says differently from us of the same case. Nothing is changed by itself: a person decides."""

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.orm import Session

from models import ReceivedEntry, ReceivedKind
from service.cases import repository as cases
from service.cases.entries import holding
from service.interchange.sharing import find_parts

SAME_DOCUMENT, SAME_STAGE = "nomor_sama", "tahap_sama"


@dataclass(frozen=True)
class EntryRow:
    entry: ReceivedEntry
    document_number: str
    """As it is shown: people write names into numbers too."""
    conflict: str | None
    """Key of the catalogue (`pertukaran.beda.…`): one of our own rows says something else."""


def compare(session: Session, case_id: int | None, entries: list[ReceivedEntry], mask: Callable[[str], str]) -> list[EntryRow]:
    """Against our own rows of the case: the same document with another content, the same stage on another day."""
    if case_id is None:
        return [EntryRow(entry, mask(entry.document_number), None) for entry in entries]
    parts = find_parts(session, [case_id])[case_id]
    statuses = [row for part in parts for row in holding(cases.list_statuses(session, part))]
    steps = [row for part in parts for row in holding(cases.list_follow_ups(session, part))]
    documents = {row.document_number: (row.status.value, row.on_day) for row in statuses if row.document_number}
    stages = {row.stage.value: row.on_day for row in steps}

    def conflict_of(entry: ReceivedEntry) -> str | None:
        ours = documents.get(entry.document_number)
        if entry.withdrawn_at is not None:
            return None
        if entry.kind is ReceivedKind.STATUS and ours and ours != (entry.value, entry.on_day):
            return SAME_DOCUMENT
        is_other_day = stages.get(entry.value, entry.on_day) != entry.on_day
        return SAME_STAGE if entry.kind is ReceivedKind.FOLLOW_UP and is_other_day else None

    return [EntryRow(entry, mask(entry.document_number), conflict_of(entry)) for entry in entries]
