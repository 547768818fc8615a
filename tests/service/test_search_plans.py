"""What PostgreSQL means to do about a search, where it cannot know how many flags bear a word."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models import Flag, Watch, now
from models.queue.words import flag_ids_with, index_flag
from service.accounts.service import load_actor
from service.alerts.watching import find_watched
from service.corrections.targets import find_by_words
from tests.factories import make_flag, make_item, make_user
from tests.statements import planned_statements

OTHER_WAYS = ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_sort", "enable_hashagg")


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_no_flag_is_asked_whether_it_bears_a_rare_word(session: Session, engine: Engine) -> None:
    """With ten million flags that walk took minutes. Ways that are better with one flag are closed here."""
    make_flag(session)
    session.commit()
    for way in OTHER_WAYS:
        session.execute(text(f"SET LOCAL {way} = off"))
    found = Flag.id.in_(flag_ids_with(session, ["camat"], are_few=True))
    with planned_statements(engine) as plans:
        session.execute(select(Flag.id).where(found).order_by(Flag.priority.desc(), Flag.id).limit(51))
    assert "ix_flag_words_words" in plans[-1]
    assert "pk_flag_words" not in plans[-1]


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_no_list_of_a_common_word_is_read_to_its_end(session: Session, engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """A watch-list, and what is looked for in a request for correction."""
    monkeypatch.setattr("models.queue.words.MANY", 1)
    flag = make_flag(session, make_item(session, region_code="33"))
    index_flag(session, flag.id, "", "camat netral")
    user = make_user(session, role="koordinator", region_code="33")
    session.add(Watch(user_id=user.id, name="kata", words="netral", created_at=flag.created_at - timedelta(days=1)))
    session.commit()
    with planned_statements(engine) as plans:
        assert [found for _, found, _ in find_watched(session, now())] == [flag.id]
        assert [one.flag for one in find_by_words(session, load_actor(session, user), "netral")] == [flag]
    of_flags = [plan for plan in plans if "flag_words" in plan and "on flags" in plan]
    assert ["pk_flag_words" in plan for plan in of_flags] == [True, True]
