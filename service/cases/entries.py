"""Rows that are only ever added: which of them hold."""

from collections.abc import Sequence
from datetime import date
from typing import TypeVar

from models import CaseStatus, ExternalStatus, FollowUp

Row = TypeVar("Row", CaseStatus, FollowUp)


def holding(rows: Sequence[Row]) -> list[Row]:
    """What neither was corrected nor only takes another one back, by day."""
    corrected = {row.corrects_id for row in rows}
    held = [row for row in rows if row.id not in corrected and not row.is_withdrawal]
    return sorted(held, key=lambda row: (row.on_day, row.id))


def first_days(statuses: Sequence[CaseStatus]) -> dict[ExternalStatus, date]:
    """On which day each status was reached first."""
    days = dict[ExternalStatus, date]()
    for row in holding(statuses):
        days.setdefault(row.status, row.on_day)
    return days


def standing_for(rows: Sequence[Row], row_id: int) -> Row | None:
    """The row that holds in the place of another after all corrections; None where it was taken back."""
    by_corrected = {row.corrects_id: row for row in rows if row.corrects_id}
    found = next((row for row in rows if row.id == row_id), None)
    while found and found.id in by_corrected:
        found = by_corrected[found.id]
    return None if found is None or found.is_withdrawal else found
