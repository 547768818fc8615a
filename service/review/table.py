"""The lines of the queue in words, made ready so that the template only puts them in their places."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from models import FlagReason, FlagState, now
from models.legal.deadline import local_day
from service.accounts.actor import Actor
from service.language import Language
from service.pages import title_of
from service.review.lines import Line

SOON = 2


class Look(NamedTuple):
    """What of a line is no text: lines that look alike are written by one form (rows.py)."""

    has_chance: bool
    """Whether a number may be shown."""
    due_class: str
    is_held: bool
    is_own: bool
    has_end: bool
    tags: tuple[str, ...]
    """The class of each tag."""


class Words(NamedTuple):
    """What a line says, each part in a place of its own; after the title, what others say too."""

    id: int
    title: str
    probability: str
    chance: str
    odds: str
    act: str
    source: str
    region: str
    due: str
    holder: str
    until: str


class Shown(NamedTuple):
    """One line as it is read."""

    look: Look
    words: Words
    tags: list[str]


def show_lines(language: Language, actor: Actor, lines: Sequence[Line]) -> list[Shown]:
    return list(_show(language, actor, lines))


def _show(say: Language, actor: Actor, lines: Sequence[Line]) -> Iterator[Shown]:
    at, none, unknown = now(), say("umum.tidak_ada"), say("umum.tidak_diketahui")
    today = {code: local_day(at, code) for code in {line.region_code for line in lines}}
    for line in lines:
        days = (line.due_on - today[line.region_code]).days
        is_sample = line.reason is FlagReason.AUDIT  # A low number beside the others would tell the reader what to answer.
        is_held = bool(line.holder and line.held_until and line.held_until > at)
        chance, odds = _estimate(say, None if is_sample else line.probability)
        tags = _tags(say, line)
        words = Words(
            id=line.id,
            title=title_of(line, line),
            probability=f"{line.probability or 0:.3f}",
            chance=chance,
            odds=say("antrean.sampel") if is_sample else odds,
            act=say.label(line.found) if line.found and not is_sample else none,
            source=line.source,
            region=line.region or unknown,
            due=say.days(days),
            holder=line.holder or "",
            until=_until(say, line) if is_held else "",
        )
        look = Look(
            has_chance=bool(chance),
            due_class="late" if days < 0 else "soon" if days <= SOON else "",
            is_held=is_held,
            is_own=line.holder_id == actor.id,
            has_end=bool(words.until),
            tags=tuple(look for look, _ in tags),
        )
        yield Shown(look, words, [text for _, text in tags])


def _until(say: Language, line: Line) -> str:
    """The end of a hold for days; an ordinary lease has none that anybody waits for."""
    return say("antrean.ditahan_sampai", time=say.moment(line.held_until, line.region_code)) if line.hold_reason else ""


def _estimate(say: Language, probability: float | None) -> tuple[str, str]:
    return ("", say("peluang.tanpa")) if probability is None else (say.chance(probability), say.odds(probability))


def _tags(say: Language, line: Line) -> list[tuple[str, str]]:
    """What sets a line apart; most have nothing."""
    tags: list[tuple[str, str]] = []
    if line.cluster_size > 1:
        tags.append(("tag", f"{say('antrean.kolom.klaster')}: {say('antrean.konten', count=say.number(line.cluster_size))}"))
    if line.gone_at:
        tags.append(("tag", say("antrean.hilang")))
    if line.state is FlagState.SECOND:
        tags.append(("tag second", say("antrean.menunggu_kedua")))
    if line.state is FlagState.DISPUTED:
        tags.append(("tag second", say("antrean.beda_pendapat")))
    if line.state is FlagState.RESTRICTED:
        tags.append(("tag second", say("antrean.dibatasi")))
    return tags
