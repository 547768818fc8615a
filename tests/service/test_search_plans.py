"""What PostgreSQL means to do about a search, where it cannot know how many flags bear a word."""

import pytest
from sqlalchemy import Engine, select, text
from sqlalchemy.orm import Session

from models import Flag
from models.queue.words import flag_ids_with
from tests.factories import make_flag
from tests.statements import planned_statements

OTHER_WAYS = ("enable_seqscan", "enable_bitmapscan", "enable_hashjoin", "enable_mergejoin", "enable_sort", "enable_hashagg")


@pytest.mark.parametrize("settings", ["postgresql"], indirect=True)
def test_no_flag_is_asked_whether_it_bears_a_rare_word(session: Session, engine: Engine) -> None:
    """With ten million flags that walk took minutes. Ways that are better with one flag are closed here."""
    make_flag(session)
    session.commit()
    for way in OTHER_WAYS:
        session.execute(text(f"SET LOCAL {way} = off"))
    found = Flag.id.in_(flag_ids_with(session, ["camat"]))
    with planned_statements(engine) as plans:
        session.execute(select(Flag.id).where(found).order_by(Flag.priority.desc(), Flag.id).limit(51))
    assert "ix_flag_words_words" in plans[-1]
    assert "pk_flag_words" not in plans[-1]
