"""What the API says and hears of work on the queue: holds, hand-overs, skips, saved searches, deeds on many flags."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field

from models import BulkDeed, NoViolationReason, Outcome
from service.days import Day
from service.review.bulk import LONGEST_REASON as LONGEST_BULK_REASON
from service.review.bulk import MOST_AT_ONCE
from service.review.filters import LARGEST_ID
from service.review.keeping import LONGEST_HAND_NOTE, LONGEST_REASON
from service.review.saved import LONGEST_NAME


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SkipBody(Body):
    reason: str = Field("", max_length=LONGEST_REASON)


class HoldBody(Body):
    until_on: Day = Field(description="At most a week ahead, and not past the last day of the legal clock.")
    reason: str = Field(min_length=1, max_length=LONGEST_REASON)


class HandOverBody(Body):
    receiver: str = Field(min_length=1, max_length=80, description="Username of somebody with the right in the flag's region.")
    note: str = Field("", max_length=LONGEST_HAND_NOTE)


class FlagDeed(BaseModel):
    flag_id: int


class SavedSearchBody(Body):
    name: str = Field(min_length=1, max_length=LONGEST_NAME)
    query: str = Field("", max_length=2000, description="The filter as it stands in the address bar of the queue page.")
    is_default: bool = False


class SavedSearchAnswer(BaseModel):
    id: int
    name: str
    query: str
    is_default: bool
    count: int = Field(description="Flags under it, counted to 1,000; 1,001 means more.")


class SavedSearchList(BaseModel):
    searches: list[SavedSearchAnswer]


class BulkBody(Body):
    deed: BulkDeed
    flag_ids: list[int] = Field(min_length=1, max_length=MOST_AT_ONCE)
    outcome: Outcome | None = Field(None, description="Of `nilai`: duplikat, luar_wilayah or bukan_pelanggaran.")
    no_violation_reason: NoViolationReason | None = None
    receiver: str = Field("", max_length=80)
    reason: str = Field("", max_length=LONGEST_BULK_REASON, description="Required, but for a dry run.")
    dry_run: bool = Field(True, description="Count only, and change nothing.")

    def known_ids(self) -> tuple[int, ...]:
        """Ids that a flag can have."""
        return tuple(flag_id for flag_id in self.flag_ids if 0 < flag_id <= LARGEST_ID)


class BulkAnswer(BaseModel):
    id: int | None = Field(description="Null of a dry run.")
    done: int = Field(description="Flags that it was done to, or would be.")
    skipped: int
    held: int | None = Field(description="Of a dry run: how many are left out because somebody holds them.")
    undone_at: datetime | None = None
