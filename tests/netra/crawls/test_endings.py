"""Why a run has to end, what its end means, and the picture that a scheduler gives of itself."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from crawler.schedule import Claim, Verdict, claim_next
from models import RunState, now
from netra.crawls.endings import WITH_US, Limits, find_hang, judge
from netra.crawls.state import read_state
from tests.crawler.schedule.planned import HOUR, add_run, make_file, plan, poll_at


@pytest.fixture
def claim(session: Session) -> Claim:
    one, two, three = plan(session, make_file("satu"), make_file("dua", host="satu.test"), make_file("tiga"))
    poll_at(session, one, now() - 2 * HOUR)
    poll_at(session, two, now() - HOUR)
    poll_at(session, three, now() + HOUR)
    claim = claim_next(session, "m:1", ["satu", "dua", "tiga"])
    assert claim is not None
    return claim


@pytest.mark.parametrize(
    ("age", "verdict", "words"),
    [
        (timedelta(minutes=5), None, ""),
        (timedelta(minutes=20), Verdict.FAILED, "dihentikan: tidak ada kemajuan selama 15 menit"),
        (timedelta(minutes=200), Verdict.STOPPED, "dihentikan: berjalan lebih dari 180 menit"),
    ],
)
def test_a_run_without_progress_or_without_end_is_found(
    session: Session, claim: Claim, age: timedelta, verdict: Verdict | None, words: str
) -> None:
    ending = find_hang(session, replace(claim, taken_at=now() - age), Limits())
    assert (ending and ending.verdict, ending.reason if ending else "") == (verdict, words)


def test_what_a_process_left_behind_says_how_it_ended(session: Session, claim: Claim) -> None:
    (source,) = plan(session, make_file("satu"))
    run = add_run(session, source, RunState.RUNNING)
    assert judge(None, None, 1, lambda: "kata terakhir").reason == "kata terakhir"
    assert judge(None, run, -9, str).verdict is Verdict.DIED
    assert judge(WITH_US, run, -9, str) is WITH_US
    run.state = RunState.FINISHED
    assert judge(WITH_US, run, 0, str).verdict is Verdict.SOUND


def test_the_picture_has_who_runs_who_is_due_and_who_waits(session: Session, claim: Claim) -> None:
    (source,) = plan(session, make_file("satu"))
    add_run(session, source, RunState.RUNNING, ago=timedelta(0)).counts = {"disimpan": 3, "didaftar": 1}
    session.flush()
    state = read_state(session, ["satu", "dua", "tiga"], [(claim, "")], [])
    assert [(source.slug, source.pages) for source in state.running] == [("satu", 3)]
    assert (state.due, state.waiting, state.next_at is not None and state.next_at > now()) == (("dua",), 1, True)
