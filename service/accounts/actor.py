"""The person behind a request: what they may do, and where."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from models import Permission

Areas = frozenset[str] | None
"""Region codes whose whole area is meant; None is the nation."""


@dataclass(frozen=True)
class Actor:
    id: int
    username: str
    name: str
    grants: frozenset[tuple[Permission, str | None]]
    assesses: bool
    """Whether this person may assess anywhere, though the key they hold now may only read."""
    token: str = ""
    """Name of the machine's token that speaks for them; empty for a person who signed in."""

    def may(self, permission: Permission) -> bool:
        return any(granted is permission for granted, _ in self.grants)

    def areas(self, permission: Permission) -> Areas:
        """Where a permission holds; an empty set where it does not."""
        codes = {code for granted, code in self.grants if granted is permission}
        return None if None in codes else frozenset(code for code in codes if code)


def within(column: InstrumentedAttribute[str | None], areas: Areas) -> ColumnElement[bool]:
    """The area as SQL. A row whose region nobody could read belongs to the nation only."""
    if areas is None:
        return true()
    if not areas:
        return false()
    reached = [or_(column == code, column.startswith(f"{code}.", autoescape=True)) for code in sorted(areas)]
    return or_(*reached)
