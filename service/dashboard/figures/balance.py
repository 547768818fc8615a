"""Whether outcomes lean to a side (tidak tebang pilih): shares of signs by party and by region, against the share of all."""

from models import FlagTally, Measure
from service.dashboard.drawing.dots import draw_dots
from service.dashboard.figures.asking import Group, Question, gather
from service.dashboard.figures.groups import read_places
from service.dashboard.figures.precision import confirmed
from service.dashboard.shares import FEWEST, Share
from service.dashboard.tables import Cell, Column, Plot

MOST_SIDES = 40
COLUMNS = (
    Column("flags"),
    Column("decided"),
    Column("indications"),
    Column("share", "share"),
    Column("low", "share"),
    Column("high", "share"),
    Column("expected", "share"),
    Column("mark", "mark"),
)


def plot_sides(asked: Question) -> Plot:
    """By the party or ballot number that a text names. Who is named is no statement on whom the act favours."""
    groups = gather(asked.sums(Measure.SIDE, [FlagTally.value, FlagTally.outcome], act=asked.choice.act))
    ordered = sorted(groups, key=lambda side: (-groups[side].flags, side))[:MOST_SIDES]
    return _plot("imbang_pihak", [Column("side", "side")], {(side,): groups[side] for side in ordered})


def plot_regions(asked: Question) -> Plot:
    names, groups = read_places(asked)
    shown = {(code, name): groups[code] for code, name in names.items() if code in groups}
    return _plot("imbang_wilayah", [Column("region", "code"), Column("name", "name")], shown)


def _plot(key: str, head: list[Column], groups: dict[tuple[str, ...], Group]) -> Plot:
    """What would be expected of each is the share of all together."""
    every = sum(groups.values(), Group())
    pooled = confirmed(every)
    expected = pooled.value if pooled else 0.0
    shares = [confirmed(group) if pooled else None for group in groups.values()]
    rows = [(*names, *_cells(group, share, expected)) for (names, group), share in zip(groups.items(), shares, strict=True)]
    facts = {"expected": expected if pooled else None, "rows": sum(share is not None for share in shares), "fewest": FEWEST}
    return Plot(key, [*head, *COLUMNS], rows, draw_dots(shares, expected, label=len(head) - 1), facts, is_empty=not every.flags)


def _cells(group: Group, share: Share | None, expected: float) -> tuple[Cell, ...]:
    """Whoever reads this may open these flags, so counts are shown as in every other figure; few of them make no share."""
    counts = group.flags, group.decided, group.indications
    if share is None:
        return *counts, None, None, None, None, "sedikit"
    mark = "sesuai" if not share.misses(expected) else "lebih" if share.value > expected else "kurang"
    low, high = round(share.low, 4), round(share.high, 4)
    return *counts, round(share.value, 4), low, high, round(expected, 4), mark
