"""Whose names somebody may read."""

from collections.abc import Sequence

from models import Case, Permission
from service.accounts.actor import Actor, reaches


def may_open_names(actor: Actor, case: Case, parts: Sequence[Case]) -> bool:
    """The case, and whichever part of it names somebody, lies where this person may open names."""
    areas = actor.areas(Permission.OPEN_NAMES)
    named = [part for part in parts if part.subject_name or part.subject_number]
    return all(reaches(areas, one.region_code, agency_key=one.agency_key) for one in (case, *named))
