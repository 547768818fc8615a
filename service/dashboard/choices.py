"""What the dashboard shows: whole months, a region, an act, and how finely time is cut. All of it stands in the address."""

import re
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Self
from urllib.parse import parse_qsl, urlencode

from service.errors import InvalidInput

MONTH = re.compile(r"(20\d\d)-(0[1-9]|1[0-2])")
USUAL_MONTHS = 6
MOST_MONTHS = 60
LONGEST_REGION, LONGEST_ACT = 13, 40
SQUARES = "kotak"


class Step(StrEnum):
    """One bar of a figure over time."""

    DAY = "hari"
    WEEK = "minggu"
    MONTH = "bulan"

    @property
    def most_months(self) -> int:
        """The longest period that is cut so finely: no figure has more bars than the eye tells apart."""
        return {"hari": 3, "minggu": 12, "bulan": MOST_MONTHS}[self.value]


@dataclass(frozen=True)
class Choice:
    """`?dari=2024-09&sampai=2024-11&wilayah=33&perbuatan=foto_simbol&langkah=minggu`."""

    first: date
    """First day of the first month."""
    last: date
    """First day of the last month."""
    region: str = ""
    act: str = ""
    step: Step = Step.WEEK
    squares: bool = False
    """`peta=kotak`: provinces as squares, even where the house has a map."""

    def __post_init__(self) -> None:
        if not 1 <= self.months <= MOST_MONTHS:
            raise InvalidInput("periode")
        if len(self.region) > LONGEST_REGION or len(self.act) > LONGEST_ACT or "\0" in self.region + self.act:
            raise InvalidInput("nilai")

    @classmethod
    def parse(cls, query: str, today: date) -> Self:
        given = dict(parse_qsl(query))
        try:
            step = Step(given.get("langkah") or Step.WEEK)
        except ValueError as error:
            raise InvalidInput("nilai") from error
        names = ("dari", "sampai", "wilayah", "perbuatan")
        first, last, region, act = (given.get(name, "") for name in names)
        return replace(cls.of(first, last, region, act, step, today), squares=given.get("peta") == SQUARES)

    @classmethod
    def of(cls, first: str, last: str, region: str, act: str, step: Step, today: date) -> Self:
        """From words; an empty month stands for the usual one."""
        end = month_of(last) if last else today.replace(day=1)
        start = month_of(first) if first else move_months(end, 1 - USUAL_MONTHS)
        return cls(start, end, region.strip(), act.strip(), step)

    @property
    def months(self) -> int:
        return (self.last.year - self.first.year) * 12 + self.last.month - self.first.month + 1

    @property
    def ends_on(self) -> date:
        return move_months(self.last, 1) - timedelta(days=1)

    def at_least(self, step: Step) -> Self:
        """The same choice, cut no finer than `step` and than the length of the period allows."""
        order = list(Step)
        start = max(order.index(step), order.index(self.step))
        return replace(self, step=next(one for one in order[start:] if self.months <= one.most_months))

    def query(self, **more: str) -> str:
        """All of the choice as a query string: a link shows next year what it shows today."""
        parts = {"dari": f"{self.first:%Y-%m}", "sampai": f"{self.last:%Y-%m}", "wilayah": self.region, "perbuatan": self.act}
        parts |= {"langkah": self.step.value, "peta": SQUARES if self.squares else ""} | more
        return urlencode({name: value for name, value in parts.items() if value})


def month_of(text: str) -> date:
    found = MONTH.fullmatch(text.strip())
    if found is None:
        raise InvalidInput("periode")
    return date(int(found[1]), int(found[2]), 1)


def move_months(month: date, count: int) -> date:
    """The first day of another month.

    >>> move_months(date(2024, 2, 1), -3)
    datetime.date(2023, 11, 1)
    """
    months = month.year * 12 + month.month - 1 + count
    return date(months // 12, months % 12 + 1, 1)


def list_months(choice: Choice) -> list[date]:
    return [move_months(choice.first, number) for number in range(choice.months)]


def bucket_of(day: date, step: Step) -> date:
    """The first day of the bar that a day belongs to; weeks begin on Monday."""
    match step:
        case Step.DAY:
            return day
        case Step.WEEK:
            return day - timedelta(days=day.weekday())
        case Step.MONTH:
            return day.replace(day=1)


def list_buckets(choice: Choice) -> list[date]:
    """Every bar of the period, the empty ones too."""
    days = (choice.first + timedelta(days=number) for number in range((choice.ends_on - choice.first).days + 1))
    return list(dict.fromkeys(bucket_of(day, choice.step) for day in days))
