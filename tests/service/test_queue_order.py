"""The order of the queue: nothing starves, a walk shows each flag once, and what is new is told instead of moved."""

from collections import Counter
from datetime import timedelta

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session

from models import Flag, QueueGeneration, RefreshCause, now
from models.database import make_session
from models.queue.placing import move_to
from models.user import User
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.news.repository import mark_of
from service.review import claims, repository
from service.review.filters import QueueFilter, Shelf
from service.review.service import is_oldest_turn, record, take_next
from service.review.walking import read_marks
from tests.factories import make_flag, make_item, make_source, make_user


def actor_of(session: Session, user: User | None = None) -> Actor:
    return load_actor(session, user or make_user(session))


def fill(session: Session, count: int) -> list[int]:
    source = make_source(session)
    return [make_flag(session, make_item(session, source=source), probability=0.9 - n / 1000).id for n in range(count)]


@pytest.mark.parametrize(("share", "per_hundred"), [(0.2, 20), (0.05, 5), (0.5, 50), (1 / 3, 33)])
def test_the_share_of_the_oldest_is_kept(share: float, per_hundred: int) -> None:
    assert sum(is_oldest_turn(turn, share) for turn in range(1, 101)) == per_hundred


def test_the_fifth_turn_takes_the_longest_waiting(session: Session) -> None:
    actor, flags = actor_of(session), fill(session, 12)
    session.execute(update(Flag).where(Flag.id == flags[-1]).values(created_at=now() - timedelta(days=9), priority=-1e9))
    taken = [take_next(session, actor, minutes=20) for _ in range(5)]
    assert taken == [*flags[:4], flags[-1]]


def test_the_last_flag_of_the_queue_comes_up_although_better_ones_keep_coming(session: Session) -> None:
    """With a fifth of the turns, the n-th oldest is handed out within 5 n turns, whatever arrives meanwhile."""
    actor, waiting = actor_of(session), fill(session, 6)
    session.execute(update(Flag).values(priority=-1e9))
    taken = list[int | None]()
    for _ in range(5 * len(waiting)):
        fill(session, 1)
        taken.append(take_next(session, actor, minutes=20))
        session.execute(update(Flag).where(Flag.id == taken[-1]).values(state="dinilai", holder_id=None, held_until=None))
    assert set(waiting) <= set(taken)


def test_a_skipped_flag_is_given_to_others_alone_until_it_is_skipped_no_more(session: Session) -> None:
    from service.review.keeping import skip, unskip

    one, other, flags = actor_of(session), actor_of(session), fill(session, 2)
    skip(session, one, flags[0], reason="butuh ahli")
    assert [take_next(session, one, minutes=20) for _ in range(2)] == [flags[1], None]
    assert repository.list_ids(session, one, QueueFilter(shelf=Shelf.SKIPPED), 9) == [flags[0]]
    assert take_next(session, one, minutes=20, filters=QueueFilter(shelf=Shelf.SKIPPED)) == flags[0]
    claims.release(session, one, flags[0])
    unskip(session, one, flags[0])
    assert take_next(session, other, minutes=20) == flags[0]


def test_a_walk_shows_each_flag_once_though_flags_get_new_places(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repository, "PAGE_SIZE", 4)
    actor, flags, seen, cursor = actor_of(session), fill(session, 12), list[int](), None
    for turn in range(9):
        page = repository.read_page(session, actor, QueueFilter(), cursor, read_marks(session))
        seen += [line.id for line in page.lines]
        cursor = page.next
        if cursor is None:
            break
        move_to(session, {flags[turn]: -5.0 - turn, flags[-1 - turn]: 5.0 + turn})
        session.expire_all()
    assert Counter(seen) == Counter(flags)


def test_a_link_from_before_a_new_order_begins_again_and_says_so(session: Session, sign_in) -> None:
    fill(session, 60)
    browser: TestClient = sign_in()
    page = browser.get("/antrean?rak=semua").text
    link = page.split('rel="next"')[0].rsplit('href="', 1)[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(link).status_code == 200
    session.add(QueueGeneration(cause=RefreshCause.WEIGHTS, changed=60))
    session.commit()
    answer = browser.get(link)
    assert (answer.status_code, answer.headers["location"]) == (303, "/antrean?pesan=urutan")


def test_the_page_asks_how_many_are_new_within_its_view(session: Session, sign_in) -> None:
    fill(session, 3)
    browser: TestClient = sign_in()
    page = browser.get("/antrean?wilayah=33").text
    asked = page.split('data-news="')[1].split('"')[0].replace("&amp;", "&")
    assert browser.get(asked).json() == {"count": 0, "text": ""}
    make_flag(session, make_item(session, region_code="51"))
    make_flag(session)
    session.commit()
    assert browser.get(asked).json()["text"] == "1 penanda baru sejak daftar ini dimuat."


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_a_flag_that_is_committed_after_newer_ones_is_new_all_the_same(session: Session, engine: Engine, sign_in) -> None:
    fill(session, 2)
    items = [make_item(session, source=make_source(session)) for _ in range(3)]
    session.commit()
    browser: TestClient = sign_in()
    with make_session(engine).begin() as first, make_session(engine)() as lost:
        make_flag(first, items[0])
        make_flag(lost, items[1])
        lost.rollback()
        make_flag(session, items[2])
        session.commit()
        mark = mark_of(session)
        asked = browser.get("/antrean").text.split('data-news="')[1].split('"')[0].replace("&amp;", "&")
        assert browser.get(asked).json()["count"] == 0
    assert browser.get(asked).json()["count"] == 1
    assert mark_of(session) != mark


@pytest.mark.parametrize("gaps", ["0", "1.", "1000", "1,2", "9." * 500, "-1"])
def test_numbers_that_no_page_remembers_are_refused(sign_in, gaps: str) -> None:
    assert sign_in().get(f"/antrean/baru?sejak=5&sela={gaps}").status_code == 422


def test_what_was_handed_over_comes_before_everything(session: Session) -> None:
    from service.review.keeping import hand_over

    giver, flags = actor_of(session), fill(session, 3)
    receiver = make_user(session, username="rekan")
    take_next(session, giver, minutes=20)
    claims.release(session, giver, flags[0])
    claims.claim(session, giver, flags[2], minutes=20)
    record(session, giver, "penanda.ambil", flags[2])
    hand_over(session, giver, flags[2], username="rekan", note="Wilayah Anda")
    assert [row.flag.id for row in repository.list_handed(session, actor_of(session, receiver))] == [flags[2]]
    assert [take_next(session, actor_of(session, receiver), minutes=20) for _ in range(2)] == [flags[2], flags[0]]
    assert session.scalar(select(Flag.hand_note).where(Flag.id == flags[2])) == "Wilayah Anda"
