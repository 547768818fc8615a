"""One worker a host, whoever else claims; and the hosts of the dead come back."""

import subprocess
import sys
import threading
from collections import Counter
from datetime import timedelta
from pathlib import Path

from sqlalchemy import update
from sqlalchemy.orm import Session

from crawler.runs.lock import hold_source
from crawler.schedule import (
    Claim,
    Verdict,
    claim_next,
    give_back_dead,
    is_free,
    is_gone,
    name_worker,
    plan_sources,
    record_ending,
    renew_claims,
)
from models import HostClaim, RunState, now
from models.database import make_engine, make_session
from models.settings import Settings
from netra.crawls.crawling import environment
from tests.crawler.schedule.planned import add_run, make_file, plan, turn_of
from tests.engines import sqlite_every_day

SOURCES, HOSTS = 40, 10
FILES = [make_file(f"s{number}", host=f"h{number % HOSTS}.test") for number in range(SOURCES)]
SLUGS = [file.slug for file in FILES]
PROGRAM = """
import sys
from crawler.schedule import claim_next
from models.database import make_engine, make_session
from models.settings import Settings
sessions = make_session(make_engine(Settings().database_address))
sys.stdin.readline()
while True:
    with sessions.begin() as session:
        claim = claim_next(session, sys.argv[1], [f"s{n}" for n in range(40)])
    if claim is None:
        break
    print(claim.host, flush=True)
"""


def claim_all(settings: Settings, worker: str, start: threading.Barrier, taken: list[Claim]) -> None:
    engine = make_engine(settings.database_address)
    start.wait()
    while True:
        with make_session(engine).begin() as session:
            claim = claim_next(session, worker, SLUGS)
        if claim is None:
            break
        taken.append(claim)
    engine.dispose()


def test_sixteen_threads_never_take_a_host_twice(settings: Settings, session: Session) -> None:
    plan(session, *FILES)
    session.commit()
    start, taken = threading.Barrier(16), list[Claim]()
    threads = [threading.Thread(target=claim_all, args=(settings, f"m:{n}", start, taken)) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(claim.host for claim in taken) == dict.fromkeys((f"h{n}.test" for n in range(HOSTS)), 1)


@sqlite_every_day
def test_two_processes_never_take_a_host_twice(settings: Settings, session: Session) -> None:
    plan(session, *FILES)
    session.commit()
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", PROGRAM, f"m:{number}"],
            env=environment(settings),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for number in range(2)
    ]
    said = [process.communicate("\n")[0] for process in processes]
    assert Counter("".join(said).split()) == dict.fromkeys((f"h{n}.test" for n in range(HOSTS)), 1)


def test_sources_of_one_host_take_turns(session: Session) -> None:
    plan(session, make_file("satu", host="www.h.test"), make_file("dua", host="h.test"))
    first = claim_next(session, "m:1", ["satu", "dua"])
    assert first is not None
    assert claim_next(session, "m:2", ["satu", "dua"]) is None
    record_ending(session, first, Verdict.SOUND, RunState.FINISHED, "selesai", retry_minutes=5)
    second = claim_next(session, "m:2", ["satu", "dua"])
    assert second is not None
    assert {first.slug, second.slug} == {"satu", "dua"}


def test_a_source_that_moves_in_the_middle_of_its_run_is_not_taken_under_its_new_host(session: Session) -> None:
    plan(session, make_file("satu"))
    assert claim_next(session, "m:1", ["satu"])
    plan_sources(session, [make_file("satu", host="lain.test")])
    assert claim_next(session, "m:2", ["satu"]) is None


def test_a_lease_that_ran_out_is_given_back_and_its_run_closed(session: Session) -> None:
    (source,) = plan(session, make_file("satu"))
    claim = claim_next(session, "jauh:1", ["satu"])
    assert claim is not None
    run = add_run(session, source, RunState.RUNNING, ago=timedelta(0))
    assert give_back_dead(session, lambda *_: False, retry_minutes=5) == []
    session.execute(update(HostClaim).values(expires_at=now()))
    assert give_back_dead(session, lambda *_: False, retry_minutes=5) == [claim]
    session.refresh(run)
    assert (run.state, run.reason) == (RunState.INTERRUPTED, "terputus: pekerja jauh:1 mati")
    assert renew_claims(session, "jauh:1", [source.id]) == set()


def test_a_source_that_kills_its_workers_makes_way_from_the_second_death_on(session: Session) -> None:
    (source,) = plan(session, make_file("satu"))
    pauses = list[bool]()
    for _ in range(2):
        assert claim_next(session, "jauh:1", ["satu"])
        give_back_dead(session, lambda *_: True, retry_minutes=5)
        pauses.append(turn_of(session, source).due_at > now())
    assert pauses == [False, True]


def test_a_dead_worker_of_this_machine_is_known_at_once_unless_its_crawl_goes_on(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    machine, number, word = name_worker().split(":")
    assert is_gone(tmp_path, f"{machine}:{process.pid}", "satu")
    with hold_source(tmp_path, "satu"):
        assert not is_gone(tmp_path, f"{machine}:{process.pid}", "satu")
    assert [is_gone(tmp_path, f"{machine}:{number}:{own}", "satu") for own in (word, "abcdef")] == [False, True]
    assert not is_gone(tmp_path, f"mesin-lain:{process.pid}", "satu")
    (tmp_path / "locks" / "terkunci.lock").mkdir()
    assert not is_gone(tmp_path, f"{machine}:{process.pid}", "terkunci")


def test_a_claim_is_renewed_only_for_whoever_holds_it(session: Session) -> None:
    one, two = plan(session, make_file("satu"), make_file("dua"))
    assert claim_next(session, "m:1", ["satu"])
    assert claim_next(session, "m:2", ["dua"])
    assert renew_claims(session, "m:1", [one.id, two.id]) == {one.id}


def test_a_host_of_this_machine_is_held_for_all_of_its_sections(tmp_path: Path) -> None:
    with hold_source(tmp_path, "satu", "h.test"):
        assert [is_free(tmp_path, slug, host) for slug, host in (("dua", "h.test"), ("dua", "lain.test"))] == [False, True]
        assert not is_free(tmp_path, "satu")
    assert is_free(tmp_path, "dua", "h.test")
