"""Opening what is masked of private people: a reason, which stays in the trail with whoever gave it."""

from service.errors import InvalidInput
from service.tips.words import clean

LONGEST_REASON = 500


def reason_to_open(typed: str) -> str:
    """The reason as it is kept."""
    reason = " ".join(clean(typed).split())
    if not 0 < len(reason) <= LONGEST_REASON:
        raise InvalidInput("buka_alasan")
    return reason
