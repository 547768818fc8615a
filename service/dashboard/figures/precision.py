"""How often people confirm what the live artifact flags."""

from datetime import date
from typing import Any

from models import FlagTally, Measure
from service.dashboard import repository
from service.dashboard.choices import list_months
from service.dashboard.drawing.lines import draw_line
from service.dashboard.figures.asking import Group, Question, gather
from service.dashboard.repository import FINISHED
from service.dashboard.shares import FEWEST, Share, share_of
from service.dashboard.tables import Column, Plot

COLUMNS = (
    Column("month", "month"),
    Column("assessments"),
    Column("indications"),
    Column("no_violation"),
    Column("precision", "share"),
    Column("low", "share"),
    Column("high", "share"),
)


def plot_precision(asked: Question) -> Plot:
    """Flags that the model raised and nobody else; drawn samples and tips stand apart. The whole period is the last row."""
    artifact = repository.live_artifact(asked.session)
    groups = dict[date, Group]()
    if artifact is not None:
        columns = [FlagTally.value, FlagTally.on_day, FlagTally.outcome]
        found = asked.sums(Measure.ARTIFACT, columns, outcomes=FINISHED)
        groups = gather((day, outcome, count) for name, day, outcome, count in found if name == artifact.name)
    months = list_months(asked.choice)
    shares = [confirmed(groups.get(month, Group())) for month in months]
    rows = [_row(month, groups.get(month, Group()), share) for month, share in zip(months, shares, strict=True)]
    every = sum(groups.values(), Group())
    facts = {"artifact": artifact.name if artifact else "", "decided": every.decided, "share": confirmed(every)}
    facts |= {"stored": stored_figures(artifact.metrics if artifact else {})}
    return Plot("presisi", COLUMNS, rows, draw_line(shares), facts, is_empty=not every.decided)


def confirmed(group: Group) -> Share | None:
    """Of the clear decisions, those that saw signs; None where they are too few to tell."""
    return share_of(group.indications, group.decided) if group.decided >= FEWEST else None


def stored_figures(metrics: dict[str, Any]) -> list[tuple[str, float]]:
    """What the training measured on texts that it had not seen, as it was stored with the artifact."""
    held_out = metrics.get("out_of_fold")
    found = held_out if isinstance(held_out, dict) else {}
    return [(name, float(found[name])) for name in ("precision", "recall") if isinstance(found.get(name), int | float)]


def _row(month: date, group: Group, share: Share | None) -> tuple[date, int, int, int, float | None, float | None, float | None]:
    rounded = [round(one, 4) for one in share] if share else [None] * 3
    return month, group.flags, group.indications, group.no_violation, rounded[0], rounded[1], rounded[2]
