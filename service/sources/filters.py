"""What the board of sources shows and in which order, as it stands in the address bar."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self, TypeVar
from urllib.parse import parse_qsl, urlencode

from models import HealthState, SourceKind
from models.health.states import ORDER
from service.errors import InvalidInput
from service.sources.rows import SourceRow

LONGEST_SEARCH = 100
LONGEST_REGION = 13

E = TypeVar("E", bound=StrEnum)


class Order(StrEnum):
    """What stands first."""

    WORST = "keadaan"
    NAME = "nama"
    FEWEST = "konten"
    """Of the last 24 hours against what is usual."""
    OLDEST = "terakhir"
    """Its last item is the longest ago."""


@dataclass(frozen=True)
class SourceFilter:
    """`?keadaan=sunyi&wilayah=33&jenis=resmi&cari=bawaslu&urut=nama`."""

    state: HealthState | None = None
    region: str = ""
    kind: SourceKind | None = None
    search: str = ""
    order: Order = Order.WORST

    @classmethod
    def parse(cls, query: str) -> Self:
        given = dict(parse_qsl(query))
        region = given.get("wilayah", "").strip()
        if len(region) > LONGEST_REGION:
            raise InvalidInput("nilai")
        return cls(
            state=member_of(HealthState, given.get("keadaan", "")),
            region=region,
            kind=member_of(SourceKind, given.get("jenis", "")),
            search=" ".join(given.get("cari", "").split())[:LONGEST_SEARCH],
            order=member_of(Order, given.get("urut", "")) or Order.WORST,
        )

    def query(self, **more: str) -> str:
        """The filter as a query string, without what stands at its default; an empty value takes one away."""
        order = "" if self.order is Order.WORST else self.order.value
        parts = {
            "keadaan": self.state or "",
            "wilayah": self.region,
            "jenis": self.kind or "",
            "cari": self.search,
            "urut": order,
        }
        return urlencode({name: value for name, value in parts.items() if value})

    def on(self, state: HealthState | None) -> str:
        """The same filter with another state, as a query string."""
        return self.query(keadaan=state or "")

    @property
    def narrows(self) -> bool:
        return bool(self.state or self.region or self.kind or self.search)

    def fits(self, row: SourceRow) -> bool:
        """All but the state, which the counts on top tell apart."""
        source, place = row.facts.source, row.facts.source.region_code or ""
        words = f"{source.name} {source.slug} {source.publisher}".casefold()
        return (
            (not self.region or f"{place}.".startswith(f"{self.region}."))
            and self.kind in (None, source.kind)
            and all(word in words for word in self.search.casefold().split())
        )

    def sort(self, rows: list[SourceRow]) -> list[SourceRow]:
        """They come by name, which decides among equals."""
        match self.order:
            case Order.WORST:
                return sorted(rows, key=lambda row: ORDER[row.health.state])
            case Order.NAME:
                return rows
            case Order.FEWEST:
                return sorted(rows, key=lambda row: row.facts.stored - (row.health.usual or 0.0))
            case Order.OLDEST:
                return sorted(rows, key=lambda row: row.last_stored_seconds)


def member_of(enum: type[E], value: str) -> E | None:
    try:
        return enum(value) if value else None
    except ValueError as error:
        raise InvalidInput("nilai") from error
