"""Which source is read next, when, why and by whom: the plan and the claims, as SQL. The processes are netra's."""

from crawler.schedule.claims import LEASE, Claim, claim_next, release, renew_claims
from crawler.schedule.deaths import give_back_dead
from crawler.schedule.endings import (
    RETRY_MINUTES,
    Verdict,
    close_run,
    forget_failures,
    last_progress,
    last_run,
    postpone,
    record_ending,
)
from crawler.schedule.holding import HeldHost, hold_host
from crawler.schedule.plan import Turn, Why, host_of, list_turns, plan_sources
from crawler.schedule.workers import is_dead, is_free, is_gone, name_worker

__all__ = [
    "LEASE",
    "RETRY_MINUTES",
    "Claim",
    "HeldHost",
    "Turn",
    "Verdict",
    "Why",
    "claim_next",
    "close_run",
    "forget_failures",
    "give_back_dead",
    "hold_host",
    "host_of",
    "is_dead",
    "is_free",
    "is_gone",
    "last_progress",
    "last_run",
    "list_turns",
    "name_worker",
    "plan_sources",
    "postpone",
    "record_ending",
    "release",
    "renew_claims",
]
