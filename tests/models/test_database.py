from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DatabaseError, StatementError
from sqlalchemy.orm import Session

from models import Item, ItemVersion
from models.database import make_reading_session, make_session
from tests.factories import make_item


def test_times_come_back_aware_and_in_utc(session: Session) -> None:
    wita = timezone(timedelta(hours=8))
    item = make_item(session, published_at=datetime(2024, 10, 16, 9, 30, tzinfo=wita))
    session.commit()
    session.expire_all()
    published_at = session.get_one(ItemVersion, item.current_version_id).published_at
    assert published_at == datetime(2024, 10, 16, 1, 30, tzinfo=UTC)
    assert published_at is not None
    assert published_at.tzinfo is UTC


def test_naive_time_is_refused(session: Session) -> None:
    with pytest.raises(StatementError, match="naive"):
        make_item(session, first_seen_at=datetime(2024, 10, 16))


def test_reading_session_cannot_write(engine: Engine) -> None:
    with make_reading_session(engine)() as reading, pytest.raises(DatabaseError):
        reading.execute(text("DELETE FROM roles"))


def test_writing_works_after_reading_on_the_same_connection(engine: Engine) -> None:
    for _ in range(3):
        with make_reading_session(engine)() as reading:
            reading.execute(text("SELECT count(*) FROM items"))
        with make_session(engine).begin() as session:
            make_item(session)
    with make_reading_session(engine)() as reading:
        assert reading.query(Item).count() == 3


def test_words_of_a_version_cannot_be_edited(session: Session) -> None:
    make_item(session)
    session.commit()
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("UPDATE item_versions SET text = 'lain'"))
    session.rollback()
    session.execute(text("UPDATE items SET current_version_id = NULL"))
    with pytest.raises(DatabaseError, match="append-only"):
        session.execute(text("DELETE FROM item_versions"))
    session.rollback()
    session.execute(text("UPDATE item_versions SET scoring_until = NULL"))
