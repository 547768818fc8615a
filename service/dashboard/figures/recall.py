"""How much of what there is the live artifact finds, as `netra loop recall` estimated it from random draws.

It is about all texts of the house, whatever region is chosen: a draw of a few dozen says nothing of one region.
"""

from sqlalchemy import select

from models import RecallEstimate
from service.dashboard import repository
from service.dashboard.drawing.lines import draw_line
from service.dashboard.figures.asking import Question
from service.dashboard.shares import Share
from service.dashboard.tables import Cell, Column, Plot

FEW_READ = 100
WIDE = 0.2
"""An interval of so many points, or fewer readings than that, is told together with a warning."""
COUNTS = ("population", "drawn", "read", "undecided", "missed", "found", "known_missed", "waiting")
FIGURES = {
    "recall": "recall",
    "recall_low": "recall_low",
    "recall_high": "recall_high",
    "missed_share": "share",
    "missed_low": "share_low",
    "missed_high": "share_high",
    "confidence": "confidence",
}
"""Column and the field of the estimate that fills it."""
COLUMNS = (
    Column("day", "day"),
    Column("artifact", "name"),
    Column("method", "method"),
    *(Column(name) for name in COUNTS),
    *(Column(name, "share") for name in FIGURES),
)


def plot_recall(asked: Question) -> Plot:
    """Each estimate of the period, the newest last."""
    artifact = repository.live_artifact(asked.session)
    found = _list_estimates(asked, artifact.id) if artifact else []
    rows = [_row(artifact.name if artifact else "", one) for one in found]
    shares = [_recall(one) for one in found]
    facts, sentence = _tell(found[-1]) if found else ({}, "")
    facts |= {"artifact": artifact.name if artifact else ""}
    return Plot("perolehan", COLUMNS, rows, draw_line(shares), facts, is_empty=not found, sentence=sentence)


def _list_estimates(asked: Question, artifact_id: int) -> list[RecallEstimate]:
    """The last one of each day."""
    within = RecallEstimate.on_day.between(asked.choice.first, asked.choice.ends_on)
    query = select(RecallEstimate).where(RecallEstimate.artifact_id == artifact_id, within).order_by(RecallEstimate.id)
    by_day = {one.on_day: one for one in asked.session.scalars(query)}
    return [by_day[day] for day in sorted(by_day)]


def _recall(one: RecallEstimate) -> Share | None:
    if one.recall is None or one.recall_low is None or one.recall_high is None:
        return None
    return Share(one.recall, one.recall_low, one.recall_high)


def _tell(newest: RecallEstimate) -> tuple[dict[str, object], str]:
    """The values of the sentence above the figure, and which sentence is the honest one."""
    recall = _recall(newest)
    facts: dict[str, object] = {"day": newest.on_day, "recall": recall}
    facts |= {name: getattr(newest, name) for name in ("population", "read", "missed", "waiting")}
    facts["share"] = Share(newest.share, newest.share_low, newest.share_high)
    if recall is None:
        return facts, "ringkas_tanpa"
    is_few = newest.read < FEW_READ or recall.high - recall.low > WIDE
    return facts, "ringkas_sedikit" if is_few else "ringkas"


def _row(artifact: str, one: RecallEstimate) -> tuple[Cell, ...]:
    figures = (getattr(one, field) for field in FIGURES.values())
    rounded = (None if value is None else round(value, 4) for value in figures)
    return one.on_day, artifact, one.method.value, *(getattr(one, name) for name in COUNTS), *rounded
