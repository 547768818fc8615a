"""What the queue does otherwise when it is long: it is found, counted, written and claimed the same."""

from datetime import timedelta

import pytest
from sqlalchemy.orm import Session

from models import FlagState, now
from service.accounts.service import load_actor
from service.review import claims, counting, walking
from service.review.conditions import searches_common_words
from service.review.filters import QueueFilter, Shelf
from tests.factories import make_flag, make_item, make_user

BRACES = "{0} {title} <b>tebal</b> \2 7\3 & %s"


def test_a_title_of_braces_and_tags_stays_words(session: Session, sign_in) -> None:
    make_flag(session, make_item(session, title=BRACES))
    text = sign_in().get("/antrean").text
    assert "{0} {title} &lt;b&gt;tebal&lt;/b&gt;" in text
    assert "<b>tebal" not in text


@pytest.mark.parametrize("query", ["cari=camat&wilayah=33", "cari=camat&sisa=0-2", "cari=camat&jabatan=lurah&wilayah=33"])
def test_common_words_find_what_rare_words_find(session: Session, monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    due = {"due_on": (now() + timedelta(days=1)).date(), "office": "lurah"}
    flags = [
        make_flag(session, make_item(session, title=f"Camat {n}", region_code="33.24"), probability=0.5, **due) for n in range(5)
    ]
    make_flag(session, make_item(session, title="Bupati", text="Bupati hadir.", region_code="33.24"), **due)
    monkeypatch.setattr("models.queue.words.MANY", 2)
    monkeypatch.setattr(walking, "FIRST_PART", 2)
    actor, filters = load_actor(session, make_user(session)), QueueFilter.parse(query)
    assert searches_common_words(session, filters)
    found = walking.find_places(session, actor, filters, None, walking.read_marks(session), 4)
    assert sorted(own.flag_id for own in found) == sorted(flag.id for flag in flags)[:4]


def test_counts_say_only_what_the_first_flags_tell(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(6):
        make_flag(session, make_item(session, region_code="33.24" if number else "51"), office="lurah")
    actor, filters = load_actor(session, make_user(session)), QueueFilter.parse("jabatan=lurah&wilayah=33")
    assert counting.count_shelves(session, actor, filters, Shelf)[Shelf.UNFINISHED] == 5
    monkeypatch.setattr(counting, "READ_TO", 3)
    assert Shelf.UNFINISHED not in counting.count_shelves(session, actor, filters, Shelf)
    monkeypatch.setattr(counting, "COUNTED_TO", 1)
    assert counting.count_shelves(session, actor, filters, Shelf)[Shelf.UNFINISHED] == 2


@pytest.mark.parametrize("oldest", [False, True])
def test_what_was_held_too_long_is_taken_in_its_turn(session: Session, oldest: bool) -> None:
    first, holder = load_actor(session, make_user(session)), make_user(session)
    flags = [make_flag(session, probability=probability, created_at=now()) for probability in (0.9, 0.8)]
    flags[0].holder_id, flags[0].held_until = holder.id, now() - timedelta(seconds=1)
    session.flush()
    taken = [claims.claim_next(session, first, minutes=5, oldest=oldest) for _ in range(3)]
    assert taken == [flags[0].id, flags[1].id, None]
    assert {flag.state for flag in flags} == {FlagState.OPEN}
