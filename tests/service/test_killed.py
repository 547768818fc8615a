"""kill -9 in the middle of decisions: what was acknowledged is there, nothing is there twice, the trail is whole."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from threading import Event

import httpx2 as httpx
from sqlalchemy import Engine, func, select

from models import Assessment, Flag, FlagState, Lease, verify_chain
from models.database import make_session
from models.settings import Settings
from service.accounts.service import create_api_token
from tests.engines import sqlite_every_day
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user
from tests.processes import kill, serving

MONITORS, FLAGS = 4, 80
JUDGEMENT = {"outcome": "bukan_pelanggaran", "no_violation_reason": "tak_relevan"}


def fill(engine: Engine) -> list[str]:
    with make_session(engine).begin() as session:
        source = make_source(session)
        make_artifact(session)
        for _ in range(FLAGS):
            make_flag(session, make_item(session, source=source))
        return [create_api_token(session, make_user(session), "uji", 1, True) for _ in range(MONITORS)]


def work(address: str, token: str, killed: Event, on_saved: Callable[[], None]) -> list[int]:
    """Take and assess until nothing is left or the service is gone. Returns the assessments that were acknowledged."""
    acknowledged = list[int]()
    with httpx.Client(base_url=f"{address}/api/v1", headers={"Authorization": f"Bearer {token}"}, timeout=90) as client:
        while not killed.is_set():
            try:
                held = [flag["id"] for flag in client.get("/flags", params={"shelf": "saya"}).json()["flags"]]
                taken = held[0] if held else client.post("/flags/take").json().get("flag_id")
                if taken is None:
                    break
                answer = client.post(f"/flags/{taken}/assess", json=JUDGEMENT)
            except httpx.TransportError:
                break
            assert answer.status_code == 200, answer.text
            acknowledged.append(answer.json()["id"])
            on_saved()
    return acknowledged


def work_all(address: str, tokens: list[str], killed: Event, on_saved: Callable[[], None] = lambda: None) -> list[int]:
    with ThreadPoolExecutor(MONITORS) as pool:
        hands = pool.map(lambda token: work(address, token, killed, on_saved), tokens)
        return [one for many in hands for one in many]


@sqlite_every_day
def test_kill_in_the_middle_of_decisions_loses_and_doubles_nothing(settings: Settings, engine: Engine) -> None:
    tokens, killed, saved = fill(engine), Event(), count()
    with serving(settings) as (address, process):

        def strike_in_the_middle() -> None:
            if next(saved) == FLAGS // 4:
                killed.set()
                kill(process)

        acknowledged = work_all(address, tokens, killed, strike_in_the_middle)
    assert FLAGS // 4 <= len(acknowledged) < FLAGS
    with serving(settings) as (address, _):
        acknowledged += work_all(address, tokens, Event())
    with make_session(engine)() as session:
        stored = session.execute(select(Assessment.id, Assessment.flag_id)).all()
        open_flags = session.scalar(select(func.count()).where(Flag.state != FlagState.ASSESSED))
        running = session.scalar(select(func.count()).where(Lease.ended_at.is_(None)))
        report = verify_chain(session)
    assert set(acknowledged) <= {row.id for row in stored}
    assert Counter(row.flag_id for row in stored).most_common(1)[0][1] == 1
    assert (len(stored), open_flags, running, report.breaks) == (FLAGS, 0, 0, [])
