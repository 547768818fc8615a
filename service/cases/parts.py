"""A case and all that were taken into it: what was entered of any of them counts for the whole."""

from collections.abc import Collection, Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Case
from service.cases.entries import Row
from service.interchange.sharing import find_parts


def list_part_ids(session: Session, case_id: int) -> list[int]:
    """The case itself comes first."""
    return find_parts(session, [case_id])[case_id]


def find_wholes(session: Session, case_ids: Collection[int]) -> dict[int, list[int]]:
    """Of each of these cases, the ids of all that are one with it: what it was taken into, and whatever else that took in."""
    into = dict[int, int | None]()
    level = set(case_ids)
    while level:
        into |= {row[0]: row[1] for row in session.execute(select(Case.id, Case.merged_into_id).where(Case.id.in_(level)))}
        level = {one for one in into.values() if one is not None} - into.keys()
    parts = find_parts(session, [one for one, above in into.items() if above is None])
    whole_of = {one: ids for ids in parts.values() for one in ids}
    return {case_id: whole_of[case_id] for case_id in case_ids}


def list_cases_of(session: Session, part_ids: Collection[int]) -> list[Case]:
    return list(session.scalars(select(Case).where(Case.id.in_(part_ids)).order_by(Case.id)))


def home_of(rows: Sequence[Row], corrects_id: int | None, case_id: int) -> int:
    """A correction lies with the case of its entry, so that undoing a merge never tears them apart."""
    return next((row.case_id for row in rows if row.id == corrects_id), case_id)
