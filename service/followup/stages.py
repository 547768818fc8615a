"""Which entries count as which stage. docs/cases.md and the page itself say the same."""

from collections.abc import Mapping, Sequence
from datetime import date

from models import CaseStatus, ExternalStatus, FollowUp, Stage
from service.cases.entries import first_days, holding

STAGE_OF: Mapping[ExternalStatus, Stage] = {
    ExternalStatus.FINDING: Stage.REPORTED,
    ExternalStatus.REPORT: Stage.REPORTED,
    ExternalStatus.REGISTERED: Stage.REPORTED,
    ExternalStatus.REFERRED: Stage.REPORTED,
    ExternalStatus.AWAITS_BKN: Stage.REPORTED,
    ExternalStatus.AWAITS_PPK: Stage.RECOMMENDED,
    ExternalStatus.MORAL: Stage.SANCTIONED,
    ExternalStatus.MEDIUM: Stage.SANCTIONED,
    ExternalStatus.HEAVY: Stage.SANCTIONED,
    ExternalStatus.DISMISSED: Stage.SANCTIONED,
}
ENDINGS = frozenset(
    {
        ExternalStatus.NOT_REGISTERED,
        ExternalStatus.NO_VIOLATION,
        ExternalStatus.UNSUPPORTED,
        ExternalStatus.REFUSED,
        ExternalStatus.CANCELLED,
        ExternalStatus.LEFT_SERVICE,
    }
)
"""With these a case ends without a sanction, and nobody is waited for any more."""
ORDER = tuple(Stage)


def stages_of(statuses: Sequence[CaseStatus], follow_ups: Sequence[FollowUp]) -> dict[Stage, date]:
    """The day on which each stage was reached. A later stage implies those before, on its own day at the latest."""
    reached = dict[Stage, date]()
    for status, day in first_days(statuses).items():
        if status in STAGE_OF:
            _reach(reached, STAGE_OF[status], day)
    for row in holding(follow_ups):
        _reach(reached, row.stage, row.on_day)
    for later, earlier in zip(reversed(ORDER), list(reversed(ORDER))[1:], strict=False):
        if later in reached:
            _reach(reached, earlier, reached[later])
    return {stage: reached[stage] for stage in ORDER if stage in reached}


def _reach(reached: dict[Stage, date], stage: Stage, day: date) -> None:
    reached[stage] = min(day, reached.get(stage, day))
