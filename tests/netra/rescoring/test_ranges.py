"""Which texts are meant, and how the ids are cut."""

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from netra.rescoring.errors import RescoringError
from netra.rescoring.ranges import WIDTH, Choice, IdRange, cut_ranges, find_sources, select_waiting
from tests.factories import make_artifact, make_item, make_source


def test_ranges_begin_at_the_same_places_on_every_run(session: Session) -> None:
    assert list(cut_ranges(session)) == []
    item = make_item(session)
    last = item.current_version_id or 0
    assert list(cut_ranges(session)) == [IdRange(1, last)]


def test_a_range_is_cut_into_pieces_down_to_single_ids() -> None:
    pieces = IdRange(1, WIDTH).cut()
    assert (pieces[0], pieces[-1].last, len(pieces)) == (IdRange(1, 125), WIDTH, 16)
    assert IdRange(5, 7).cut() == [IdRange(5, 5), IdRange(6, 6), IdRange(7, 7)]


@pytest.mark.parametrize(
    ("choice", "found"),
    [
        (Choice(), [0, 1, 2]),
        (Choice(since=date(2024, 10, 2)), [1, 2]),
        (Choice(until=date(2024, 10, 2)), [0, 1]),
        (Choice(since=date(2024, 10, 2), until=date(2024, 10, 2)), [1]),
    ],
)
def test_days_are_those_of_jakarta_and_both_count(session: Session, choice: Choice, found: list[int]) -> None:
    moments = [datetime(2024, 10, 1, 16, 59, tzinfo=UTC), datetime(2024, 10, 1, 17, 0, tzinfo=UTC)]
    items = [make_item(session, published_at=moment) for moment in moments]
    items.append(make_item(session, published_at=None, first_seen_at=datetime(2024, 10, 2, 17, 0, tzinfo=UTC)))
    query = select_waiting(make_artifact(session).id, choice, IdRange(1, 10**9))
    ids = [version.id for version, *_ in session.execute(query)]
    assert sorted(ids) == [items[number].current_version_id for number in found]


def test_sources_are_chosen_by_name(session: Session) -> None:
    source = make_source(session, slug="harian-wanasari")
    wanted, _other = make_item(session, source=source), make_item(session)
    query = select_waiting(make_artifact(session).id, Choice(source_ids=find_sources(session, [source.slug])), IdRange(1, 10**9))
    assert [version.id for version, *_ in session.execute(query)] == [wanted.current_version_id]


def test_an_unknown_source_is_named(session: Session, engine: Engine) -> None:
    with pytest.raises(RescoringError, match="harian-tiada"):
        find_sources(session, ["harian-tiada"])
