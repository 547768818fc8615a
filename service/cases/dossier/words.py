"""Sections of labelled values, and how single facts are said."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from service.cases.dossier import facts
from service.language import Language

Pairs = list[tuple[str, str]]


@dataclass(frozen=True)
class Record:
    """One thing with its labelled values; a section has one or many."""

    heading: str
    pairs: Pairs


@dataclass(frozen=True)
class Section:
    key: str
    heading: str
    records: Sequence[Record] = ()
    paragraphs: Sequence[str] = ()
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    title: str
    subtitle: str
    facts: Pairs = field(default_factory=list[tuple[str, str]])
    sections: Sequence[Section] = ()


class Words:
    """One dossier and one language."""

    def __init__(self, dossier: facts.Dossier, language: Language) -> None:
        self.dossier = dossier
        self.content = dossier.content
        self.l = language
        self.region = dossier.content.subject.region_code

    def section(self, key: str, records: list[Record]) -> Section:
        filled = [record for record in records if record.pairs]
        return Section(key, self.l(f"berkas.bagian.{key}"), filled, note="" if filled else self.l("berkas.tak_ada"))

    def record(self, pairs: Pairs, heading: str = "") -> Record:
        """Only what is known: an empty field says nothing in print."""
        return Record(heading, [(label, value) for label, value in pairs if value])

    def moment(self, value: datetime | None) -> str:
        return self.l.moment(value, self.region) if value else ""

    def day(self, value: date | None) -> str:
        return self.l.day(value) if value else ""

    def roles(self, names: list[str]) -> str:
        return ", ".join(names)

    def count(self, value: int | None) -> str:
        return "" if value is None else self.l.number(value)

    def word(self, prefix: str, value: str | None) -> str:
        return self.l(f"{prefix}.{value}") if value else ""
