"""What is still being made ready while the pages are open already. What makes it belongs to the command line, which the
service does not know: whoever starts the service hands it over."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from service.language import Language


class Step(StrEnum):
    """In the order in which they begin; `persiapan.<step>` in texts/ says each in words."""

    TABLES = "tabel"
    READ = "membaca"
    TRAIN = "melatih"
    SCORE = "menilai"
    CASES = "perkara"


@dataclass(frozen=True)
class UnderWay:
    """A step that has begun and has not ended."""

    step: Step
    done: int = 0
    total: int = 0
    """0 while nobody knows how much there is."""


@dataclass(frozen=True)
class Preparation:
    steps: tuple[UnderWay, ...] = ()
    unread: tuple[str, ...] = ()
    """Outlets that could not be read to the end."""
    failed: tuple[Step, ...] = ()
    is_disk_full: bool = False
    """That this is why."""
    is_over: bool = False
    flags: int | None = None
    """How many wait in the queue; None until all is done, and where it never came to that."""

    @property
    def is_incomplete(self) -> bool:
        return bool(self.unread or self.failed) or (self.is_over and self.flags is None)


class Preparing(Protocol):
    def look(self) -> Preparation:
        """How far it is at this moment. Every page asks, so it takes no time."""
        ...


@dataclass(frozen=True)
class Said:
    """One moment in the words of a page."""

    line: str
    """With its counts, for eyes."""
    spoken: str
    """Without them: a screen reader says what is new, and a count is new every second."""


def say(preparation: Preparation, language: Language) -> Said:
    if preparation.is_over:
        line = _say_end(preparation, language)
        return Said(line, line)
    if not preparation.steps:  # One has ended and the next has not begun.
        line = language("persiapan.berjalan")
        return Said(line, line)
    steps = ", ".join(_say_step(one, language) for one in preparation.steps)
    names = ", ".join(_name(one.step, language) for one in preparation.steps)
    return Said(language("persiapan.sedang", steps=steps), language("persiapan.sedang", steps=names))


def say_on_new_page(preparing: Preparing | None, language: Language) -> Said | None:
    """None where there is nothing to say: all is there, and whoever opens a page now sees it."""
    if preparing is None:
        return None
    preparation = preparing.look()
    return say(preparation, language) if preparation.is_incomplete or not preparation.is_over else None


def _name(step: Step, language: Language) -> str:
    return language(f"persiapan.{step}")


def _say_step(one: UnderWay, language: Language) -> str:
    name = _name(one.step, language)
    if one.done >= one.total:  # Nobody knows yet how much there is, or it is all done.
        return name
    return language("persiapan.hitungan", step=name, done=language.number(one.done), total=language.number(one.total))


def _say_end(preparation: Preparation, language: Language) -> str:
    if not preparation.is_incomplete:
        return language("persiapan.selesai", flags=language.number(preparation.flags or 0))
    problems = [language("persiapan.tak_terbaca", outlets=", ".join(preparation.unread))] if preparation.unread else []
    problems += [language("persiapan.berhenti", step=_name(step, language)) for step in preparation.failed]
    problems += [language("persiapan.penuh")] if preparation.is_disk_full else []
    return language("persiapan.tidak_lengkap", problems="; ".join(problems) or language("persiapan.terputus"))
