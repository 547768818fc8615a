"""Flags of the period by place, act, source and stage, each with what became of them."""

from models import FlagTally, Measure
from models.statistics import NATION
from service.dashboard import repository
from service.dashboard.drawing.bars import draw_bars
from service.dashboard.drawing.tiles import draw_tiles
from service.dashboard.figures.asking import GROUP_COLUMNS, Group, Question, gather
from service.dashboard.tables import REST, Column, Plot

MOST_SOURCES = 25


def plot_places(asked: Question) -> Plot:
    """The whole nation as tiles, anything smaller as bars. What nobody could place is in the total only."""
    names, groups = read_places(asked)
    rows = [(code, name, *groups.get(code, Group()).cells()) for code, name in names.items()]
    counts = {code: groups.get(code, Group()).flags for code in names}
    is_nation = asked.scope == (NATION,)
    drawing = draw_tiles(counts) if is_nation else draw_bars(list(counts.values()), label=1, value=2)
    columns = [Column("region", "code"), Column("name", "name"), *GROUP_COLUMNS]
    return Plot("wilayah", columns, rows, drawing, is_empty=not any(counts.values()))


def read_places(asked: Question) -> tuple[dict[str, str], dict[str, Group]]:
    """Names of the parts of the scope, and their groups. The stages of a month add up to all of its flags."""
    names = repository.parts_of(asked.session, asked.scope)
    columns = [FlagTally.region_code, FlagTally.outcome]
    rows = asked.sums(Measure.PHASE, columns, scope=asked.scope.among(names), act=asked.choice.act)
    return names, gather(rows)


def plot_acts(asked: Question) -> Plot:
    """The classifier names one act, or none; those without are the last row."""
    act = asked.choice.act
    groups = gather(asked.sums(Measure.PHASE, [FlagTally.act, FlagTally.outcome], act=act or None))
    if not act:
        every = gather(("", outcome, count) for outcome, count in asked.sums(Measure.PHASE, [FlagTally.outcome]))
        without = _minus(every.get("", Group()), sum(groups.values(), Group()))
        groups = _largest_first(groups) | ({"": without} if without.flags else {})
    return _plot("perbuatan", Column("act", "act"), {(act,): group for act, group in groups.items()})


def plot_phases(asked: Question) -> Plot:
    groups = gather(asked.sums(Measure.PHASE, [FlagTally.value, FlagTally.outcome], act=asked.choice.act))
    return _plot("tahapan", Column("phase", "phase"), {(phase,): group for phase, group in _largest_first(groups).items()})


def plot_sources(asked: Question) -> Plot:
    """The sources with most flags, and all others in one row."""
    groups = _largest_first(gather(asked.sums(Measure.SOURCE, [FlagTally.value, FlagTally.outcome], act=asked.choice.act)))
    first, rest = list(groups.items())[:MOST_SOURCES], list(groups.values())[MOST_SOURCES:]
    named = repository.name_sources(asked.session, [int(source_id) for source_id, _ in first if source_id])
    rows = {named.get(int(source_id or 0), (source_id, source_id)): group for source_id, group in first}
    if rest:
        rows[REST, REST] = sum(rest, Group())
    columns = [Column("source", "source"), Column("name", "source"), *GROUP_COLUMNS]
    return _table("sumber", columns, rows, label=1)


def _plot(key: str, column: Column, groups: dict[tuple[str, ...], Group]) -> Plot:
    return _table(key, [column, *GROUP_COLUMNS], groups, label=0)


def _table(key: str, columns: list[Column], groups: dict[tuple[str, ...], Group], *, label: int) -> Plot:
    rows = [(*names, *group.cells()) for names, group in groups.items()]
    lengths = [group.flags for group in groups.values()]
    return Plot(key, columns, rows, draw_bars(lengths, label=label, value=label + 1), is_empty=not any(lengths))


def _largest_first(groups: dict[str, Group]) -> dict[str, Group]:
    return dict(sorted(groups.items(), key=lambda item: (-item[1].flags, item[0])))


def _minus(whole: Group, part: Group) -> Group:
    return Group(*(one - two for one, two in zip(whole.cells(), part.cells(), strict=True)))
