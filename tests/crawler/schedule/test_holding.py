"""A host held for other work than a turn of the plan."""

from pathlib import Path

import pytest
from sqlalchemy import Engine, update
from sqlalchemy.orm import Session

from crawler.errors import SourceBusy
from crawler.runs.lock import hold_source
from crawler.schedule import claim_next, give_back_dead, hold_host, is_free, release, renew_claims
from crawler.schedule.claims import claim_host
from models import HostClaim, now
from models.database import make_session
from tests.crawler.schedule.planned import make_file, plan, turn_of

ONE, TWO = make_file("satu", host="www.h.test"), make_file("dua", host="h.test")


def claim(engine: Engine) -> str:
    """What a worker gets that looks for work, for this moment."""
    with make_session(engine).begin() as session:
        taken = claim_next(session, "jauh:1", ["satu", "dua"])
        return taken.slug if taken and release(session, taken) else ""


def test_no_section_of_a_held_host_is_read_on_any_machine(engine: Engine, session: Session, tmp_path: Path) -> None:
    plan(session, ONE, TWO)
    session.commit()
    with hold_host(make_session(engine), tmp_path, ONE) as held:
        assert (claim(engine), is_free(tmp_path, "dua", "h.test")) == ("", False)
        held.renew()
    assert (claim(engine) != "", is_free(tmp_path, "dua", "h.test")) == (True, True)


def test_a_host_that_is_read_is_not_held(engine: Engine, session: Session, tmp_path: Path) -> None:
    plan(session, ONE, TWO)
    assert claim_next(session, "jauh:1", ["dua"])
    session.commit()
    with pytest.raises(SourceBusy, match="another worker"), hold_host(make_session(engine), tmp_path, ONE):
        pytest.fail("held")


def test_a_crawl_by_hand_keeps_it_away_and_leaves_no_claim(engine: Engine, session: Session, tmp_path: Path) -> None:
    plan(session, ONE, TWO)
    session.commit()
    with hold_source(tmp_path, "dua", "h.test"), pytest.raises(SourceBusy), hold_host(make_session(engine), tmp_path, ONE):
        pytest.fail("held")
    assert claim(engine) != ""


def test_whoever_was_taken_for_dead_stops(engine: Engine, session: Session, tmp_path: Path) -> None:
    plan(session, ONE)
    session.commit()
    with hold_host(make_session(engine), tmp_path, ONE) as held:
        with make_session(engine).begin() as other:
            other.execute(update(HostClaim).values(worker="jauh:1"))
        with pytest.raises(SourceBusy, match="no sign of life"):
            held.renew()
    with make_session(engine).begin() as other:
        assert renew_claims(other, "jauh:1", [plan(other, ONE)[0].id])


def test_the_death_of_a_holder_is_no_failure_of_its_source(session: Session) -> None:
    (source,) = plan(session, ONE)
    held = claim_host(session, "jauh:1", source, "h.test")
    session.execute(update(HostClaim).values(expires_at=now()))
    assert give_back_dead(session, lambda *_: False, retry_minutes=5) == [held]
    turn = turn_of(session, source)
    assert (turn.failures, turn.worker, turn.ended_at) == (0, None, None)


def test_a_host_that_a_killed_round_held_is_free_for_the_next(engine: Engine, session: Session, tmp_path: Path) -> None:
    (source,) = plan(session, ONE)
    assert claim_host(session, "jauh:1", source, "h.test")
    session.execute(update(HostClaim).values(expires_at=now()))
    session.commit()
    with hold_host(make_session(engine), tmp_path, ONE) as held:
        held.renew()
