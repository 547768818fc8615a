"""Which cases a list shows, in which order, and where its next page begins."""

from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qs, urlencode

from models import ExternalStatus
from service.errors import InvalidInput

NEVER = date(9999, 12, 31)
"""Sorts what has no running clock behind everything that has one."""


class Time(StrEnum):
    ANY = "semua"
    RUNNING = "berjalan"
    EXPIRED = "lewat"


class Order(StrEnum):
    DUE = "tenggat"
    """The clock that ends first comes first; cases without a running one come last."""
    NEWEST = "terbaru"


@dataclass(frozen=True)
class CaseFilter:
    region: str = ""
    status: ExternalStatus | None = None
    time: Time = Time.ANY
    order: Order = Order.DUE
    search: str = ""
    """Words of title, office or agency."""

    @classmethod
    def parse(cls, query: str) -> Self:
        """From the address; what no filter of ours says is refused."""
        given = {name: values[-1].replace("\0", "") for name, values in parse_qs(query).items()}
        try:
            return cls(
                given.get("wilayah", "")[:13],
                ExternalStatus(given["keadaan"]) if given.get("keadaan") else None,
                Time(given.get("jam") or Time.ANY),
                Order(given.get("urut") or Order.DUE),
                " ".join(given.get("cari", "").split())[:100],
            )
        except ValueError as error:
            raise InvalidInput("nilai") from error

    @property
    def narrows(self) -> bool:
        return replace(self, order=Order.DUE) != CaseFilter()

    def query(self, **more: str) -> str:
        values = {
            "wilayah": self.region,
            "keadaan": self.status or "",
            "jam": "" if self.time is Time.ANY else self.time,
            "urut": "" if self.order is Order.DUE else self.order,
            "cari": self.search,
        }
        return urlencode({name: value for name, value in (values | more).items() if value})


@dataclass(frozen=True)
class CaseCursor:
    """Keyset: page 100 costs what page 1 costs."""

    due_on: date
    id: int

    def __str__(self) -> str:
        return f"{self.due_on.isoformat()}_{self.id}"

    @classmethod
    def parse(cls, text: str) -> Self | None:
        if not text:
            return None
        day, _, case_id = text.partition("_")
        try:
            cursor = cls(date.fromisoformat(day), int(case_id))
        except ValueError as error:
            raise InvalidInput("kursor") from error
        if not 0 < cursor.id < 2**63:
            raise InvalidInput("kursor")
        return cursor
