"""When a source is due, and why."""

from datetime import timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from crawler.schedule import Why, list_turns, plan_sources
from models import ConnectorCursor, RunState, SourceSchedule, now
from tests.crawler.schedule.planned import HOUR, add_page, add_run, make_file, plan, poll_at, turn_of

MASTODON = {"kind": "sosial", "connector": "mastodon", "queries": [{"hashtag": "netralitasasn"}]}


def test_a_source_that_was_never_read_is_due_at_once(session: Session) -> None:
    (source,) = plan(session, make_file("satu"))
    turn = turn_of(session, source)
    assert (turn.why, turn.due_at <= now(), turn.outcome) == (Why.NEW, True, None)


def test_the_rhythm_of_its_feeds_decides_and_the_most_overdue_comes_first(session: Session) -> None:
    one, two, three = plan(session, make_file("satu"), make_file("dua"), make_file("tiga"))
    for source, moment in ((one, now() - HOUR), (two, now() - 3 * HOUR), (three, now() + HOUR)):
        poll_at(session, source, moment)
    turns = list_turns(session, ["satu", "dua", "tiga"])
    assert [(turn.slug, turn.due_at <= now()) for turn in turns] == [("dua", True), ("satu", True), ("tiga", False)]
    assert {turn.why for turn in turns} == {Why.RHYTHM}


def test_pages_of_a_cut_run_are_due_before_the_next_poll(session: Session) -> None:
    cut, sound = plan(session, make_file("satu"), make_file("dua"))
    for source, state in ((cut, RunState.INTERRUPTED), (sound, RunState.FINISHED)):
        poll_at(session, source, now() + HOUR)
        add_run(session, source, state)
        add_page(session, source)
    assert (turn_of(session, cut).why, turn_of(session, cut).due_at < now()) == (Why.REST, True)
    assert (turn_of(session, sound).why, turn_of(session, sound).due_at > now()) == (Why.RHYTHM, True)


def test_a_page_that_others_put_into_the_frontier_is_due_at_once(session: Session) -> None:
    (source,) = plan(session, make_file("satu"))
    poll_at(session, source, now() + HOUR)
    add_run(session, source, RunState.FINISHED)
    add_page(session, source, ago=timedelta(minutes=2))
    turn = turn_of(session, source)
    assert (turn.why, turn.due_at < now()) == (Why.LINKS, True)


def test_pages_that_may_not_be_read_make_nothing_due(session: Session) -> None:
    (source,) = plan(session, make_file("satu", rights="metadata_only"))
    poll_at(session, source, now() + HOUR)
    add_run(session, source, RunState.INTERRUPTED)
    add_page(session, source)
    assert turn_of(session, source).due_at > now()


def test_a_platform_is_left_alone_until_its_pause_is_over(session: Session) -> None:
    (source,) = plan(session, make_file("satu", **MASTODON))
    assert turn_of(session, source).why is Why.NEW
    session.add(ConnectorCursor(source_id=source.id, query="hashtag:x", wait_until=now() + HOUR))
    session.flush()
    turn = turn_of(session, source)
    assert (turn.why, turn.due_at > now()) == (Why.PLATFORM, True)


def test_a_disabled_source_is_not_planned(session: Session) -> None:
    plan(session, make_file("satu", is_enabled=False, disabled_reason="tutup"))
    assert list_turns(session, ["satu"]) == []


def test_the_plan_follows_a_file_that_moves_to_another_host(session: Session) -> None:
    plan(session, make_file("satu"))
    plan_sources(session, [make_file("satu", host="www.lain.test")])
    assert session.scalars(select(SourceSchedule.host)).all() == ["lain.test"]
