"""What a detector says, and over which flags it looks."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from models import Agency, AlertKind, Flag, User, UserRole


@dataclass(frozen=True)
class Finding:
    kind: AlertKind
    key: str
    region_code: str | None = None
    user_id: int | None = None
    watch_id: int | None = None
    flag_id: int | None = None
    source_id: int | None = None
    is_of_agency: bool = False
    detail: dict[str, Any] = field(default_factory=dict[str, Any])


@dataclass(frozen=True)
class Part:
    """The flags that are counted together: all of them, or those of the agencies for which somebody works alone."""

    homes: frozenset[str] | None = None
    """Regions of these agencies; None is every flag."""

    @property
    def is_of_agency(self) -> bool:
        return self.homes is not None

    @property
    def conditions(self) -> list[ColumnElement[bool]]:
        """As `within` tells the flags of an agency: by an office that the text names in exactly its region."""
        return [] if self.homes is None else [Flag.region_code.in_(sorted(self.homes)), Flag.office.is_not(None)]

    def key(self, key: str) -> str:
        """Beside what is said of the whole region, and not in its place."""
        return f"{key}:instansi" if self.is_of_agency else key


def list_parts(session: Session) -> list[Part]:
    """Agencies for which nobody works alone are told of with their region."""
    query = select(Agency.region_code).join(UserRole, UserRole.agency_id == Agency.id).join(User, User.id == UserRole.user_id)
    homes = session.scalars(query.where(User.is_active, Agency.region_code.is_not(None)).distinct())
    own = frozenset(home for home in homes if home)
    return [Part(), Part(own)] if own else [Part()]
