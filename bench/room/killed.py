"""A million claims over HTTP by sixty-four claimants, while server processes are killed with -9: none twice, none lost.

    python -m bench.room.killed [--flags 1000000] [--claims 1000000] [--claimants 64] [--control 1000]
        [--pause 20 40] [--seed 7] [--engines sqlite postgresql] [--keep FOLDER]

Two processes of `netra serve` on one database; after each pause, one of them is killed and begun again on its port while
the other serves. Whose connection breaks goes on at the other one, without an Idempotency-Key: a claim whose answer was
lost stays a claim, which the database knows alone. There must be one for no request but those that a kill broke. A person
may hold twenty flags, so claimants act for one person after the other; nobody decides and nobody gives back.

At the end every flag that is held is held by one running lease in its time and by whoever was told, the trail has one
event for each claim, and `netra audit verify` finds it whole. The control takes flags by a question in one transaction and
a deed in the next, over the same HTTP: it must hand some out twice, or the silence of the real claim would mean nothing.
"""

import argparse
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine

from bench.postgres import server_seconds
from bench.room.contest import Contest, Plan
from bench.room.crowd import Person, crowd
from bench.room.everything import CARELESS, ENGINES, LEASE_MINUTES, TAKE_CARELESSLY, free_all, race
from bench.room.filling import fill, made_up_database
from bench.room.killing import Mortal, two_mortals
from bench.room.ledger import Ledger, settle
from bench.soak.programs import run_once
from models.database import make_engine
from models.settings import Settings
from service.review.claims import MOST_HELD

HEAD = (
    "| engine | flags | kills | claims | told twice | lost | answers lost | of requests broken by a kill | left | a second"
    " | processor ms a claim: servers | PostgreSQL | client |\n" + "|---" * 13 + "|"
)


@dataclass
class Outcome:
    ledger: Ledger
    kills: int
    seconds: float
    statuses: Counter[int]
    costs: Sequence[float]
    """Processor seconds of the servers with all that begin anew, of PostgreSQL, and of the claimants."""

    def row(self) -> str:
        own, claims = self.ledger, self.ledger.claims
        counted = (self.kills, claims, own.doubles, own.lost, own.untold, own.under_way, own.left)
        costs = " | ".join(f"{cost / claims * 1000:.2f}" for cost in self.costs)
        return " | ".join(f"{count:,}" for count in counted) + f" | {claims / self.seconds:.0f} | {costs}"


def main() -> None:
    wanted = _parser().parse_args()
    plan = Plan(wanted.flags, wanted.claims, wanted.claimants, wanted.control, tuple(wanted.pause), wanted.seed)
    for line in report_kills(plan, wanted.engines, wanted.keep):
        print(line, flush=True)


def report_kills(plan: Plan, engines: Sequence[str] = ENGINES, folder: Path | None = None) -> Iterator[str]:
    """A table for each engine, and what stands under it."""
    for name in engines:
        with made_up_database(postgresql=name == "postgresql", folder=folder) as settings:
            engine = make_engine(settings.database_address)
            yield f"\n{HEAD}"
            yield from claim_under_kills(settings, engine, plan)
            engine.dispose()


def claim_under_kills(settings: Settings, engine: Engine, plan: Plan) -> Iterator[str]:
    """The row of the table, and what stands under it. Raises AssertionError where the account does not come out."""
    own, name = settings.model_copy(update={"lease_minutes": LEASE_MINUTES}), engine.dialect.name
    fill(engine, plan.flags)
    people = crowd(own, _needed(plan))
    row, taken = race(own, CARELESS, TAKE_CARELESSLY, [one.token for one in people[: plan.claimants]], plan.control, servers=1)
    twice = sum(times > 1 for times in taken.values())
    free_all(engine)
    outcome = _claim(own, engine, plan, people)
    yield f"| {name} | {plan.flags:,} | {outcome.row()} |"
    yield f"\n{name}: the control handed {twice:,} of {len(taken):,} flags out twice in {taken.total():,} claims."
    assert twice, f"the control shows nothing: {row}"
    faults = list(outcome.ledger.faults(plan.claims))
    assert not faults, f"{name}: {'; '.join(faults)}"
    yield f"{name}: answers by status: {dict(outcome.statuses)}; {_verify(own)}."


def _needed(plan: Plan) -> int:
    """As many as could hold all flags, and some whose hands are half full at the end."""
    return plan.flags // MOST_HELD + 2 * plan.claimants


def _claim(settings: Settings, engine: Engine, plan: Plan, people: Sequence[Person]) -> Outcome:
    with two_mortals(settings, plan.start) as servers:
        before, contest = _costs(servers, engine), Contest(engine.dialect.name, servers, people, plan)
        seconds = contest.run()
        after = _costs(servers, engine)
    ledger = settle(engine, contest.heard, contest.kills, lease_minutes=settings.lease_minutes)
    statuses = sum((own.statuses for own in contest.heard), Counter[int]())
    costs = [late - early for early, late in zip(before, after, strict=True)]
    return Outcome(ledger, len(contest.kills), seconds, statuses, costs)


def _costs(servers: tuple[Mortal, Mortal], engine: Engine) -> tuple[float, ...]:
    return sum(server.cpu_seconds() for server in servers), server_seconds(engine), time.process_time()


def _verify(settings: Settings) -> str:
    began = time.monotonic()
    code = run_once(settings, "audit", "verify")
    assert code == 0, f"netra audit verify ended with {code}"
    return f"netra audit verify found the trail whole in {time.monotonic() - began:.0f} s"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m bench.room.killed", description="Take flags while servers are killed.")
    parser.add_argument("--flags", type=int, default=1_000_000)
    parser.add_argument("--claims", type=int, default=1_000_000, help="fewer than flags leave the rest free")
    parser.add_argument("--claimants", type=int, default=64)
    parser.add_argument("--control", type=int, default=1000, help="claims of the control")
    parser.add_argument("--pause", type=float, nargs=2, default=(20.0, 40.0), help="least and most seconds between two kills")
    parser.add_argument("--seed", type=int, default=7, help="of the moments of the kills, and of whom they strike")
    parser.add_argument("--engines", nargs="+", choices=ENGINES, default=ENGINES)
    parser.add_argument("--keep", type=Path, help="make the temporary folder here")
    return parser


if __name__ == "__main__":
    main()
