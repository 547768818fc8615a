"""The tallies equal counting, whatever happens to flags and in whatever order it is added up."""

from collections import Counter
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update
from sqlalchemy.orm import Session, sessionmaker

from models import Assessment, Flag, FlagChange, FlagReason, FlagState, FlagTally, Measure, Outcome, Prediction, now
from models.database import make_session
from models.figures.tallying import Cell, add_up, catch_up, cells_of, count_anew, name_missing_sides, read_freshness
from tests.factories import make_artifact, make_flag, make_item, make_source, make_user

OFFICES = (None, "camat")
REGIONS = (None, "33", "33.24", "91")
ACTS = (None, "foto_simbol", "kegiatan_berpihak")
SIDES = ([], ["golkar"], ["golkar", "nomor_2"])
DEEDS = ("raise", "ask_second", "assess", "undo", "move", "add_up")


@pytest.fixture
def sessions(engine: Engine) -> sessionmaker[Session]:
    return make_session(engine)


def stored(session: Session) -> dict[Cell, int]:
    rows = session.execute(select(*(getattr(FlagTally, name) for name in Cell._fields), FlagTally.count))
    return {Cell(*row[:-1]): row[-1] for row in rows}


def counted(session: Session) -> dict[Cell, int]:
    """From the flags themselves and the assessments that stand, one by one."""
    counts = Counter[Cell]()
    for flag in session.scalars(select(Flag)):
        newest = select(Assessment.outcome).where(Assessment.flag_id == flag.id).order_by(Assessment.id.desc()).limit(1)
        outcome = session.scalar(newest) if flag.state is FlagState.ASSESSED else None
        status = outcome.value if outcome else flag.state.value
        same = (
            "created_at",
            "assessed_at",
            "due_on",
            "region_code",
            "act",
            "office",
            "source_id",
            "phase",
            "reason",
            "sides",
            "prediction_id",
        )
        change = FlagChange(**{name: getattr(flag, name) for name in same}, outcome=status)
        has_artifact = flag.prediction_id is not None and session.get(Prediction, flag.prediction_id) is not None
        counts.update(cells_of(change, make_artifact(session).name if has_artifact else ""))
    return dict(counts)


def assess(session: Session, flag: Flag, outcome: Outcome, user_id: int, *, is_second: bool) -> None:
    """As the review room does it: the flag first, then the row."""
    state = FlagState.SECOND if is_second else FlagState.OPEN if outcome is Outcome.WITHDRAWN else FlagState.ASSESSED
    at = now() if state is FlagState.ASSESSED else None
    session.execute(update(Flag).where(Flag.id == flag.id).values(state=state, assessed_at=at))
    session.add(Assessment(flag_id=flag.id, item_version_id=flag.item_version_id, user_id=user_id, outcome=outcome))
    session.flush()


@settings(max_examples=12, deadline=None, database=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), deeds=st.lists(st.sampled_from(DEEDS), min_size=4, max_size=14))
def test_tallies_equal_counting_whatever_happens(session: Session, data: st.DataObject, deeds: list[str]) -> None:
    session.expire_on_commit = True
    source, user = make_source(session), make_user(session)
    for deed in deeds:
        flags = list(session.scalars(select(Flag).where(Flag.state != FlagState.ASSESSED).order_by(Flag.id)))
        finished = list(session.scalars(select(Flag).where(Flag.state == FlagState.ASSESSED).order_by(Flag.id)))
        if deed == "raise" or not flags:
            drawn = {"act": ACTS, "sides": SIDES, "office": OFFICES}
            values = {name: data.draw(st.sampled_from(words)) for name, words in drawn.items()}
            item = make_item(session, source=source, region_code=data.draw(st.sampled_from(REGIONS)))
            make_flag(session, item, reason=data.draw(st.sampled_from(FlagReason)), **values)
        elif deed in ("ask_second", "assess"):
            outcome = data.draw(st.sampled_from([one for one in Outcome if one is not Outcome.WITHDRAWN]))
            is_second = deed == "ask_second"
            assess(session, flags[0], Outcome.INDICATION if is_second else outcome, user.id, is_second=is_second)
        elif deed == "undo" and finished:
            assess(session, finished[0], Outcome.WITHDRAWN, user.id, is_second=False)
        elif deed == "move":
            moved = {
                "region_code": data.draw(st.sampled_from(REGIONS)),
                "act": data.draw(st.sampled_from(ACTS)),
                "office": data.draw(st.sampled_from(OFFICES)),
                "phase": "kampanye",
            }
            session.execute(update(Flag).where(Flag.id == flags[-1].id).values(**moved, created_at=now() - timedelta(days=40)))
        elif deed == "add_up":
            add_up(session, data.draw(st.integers(1, 5)))
        session.expire_all()
    while add_up(session, 3):
        pass
    assert stored(session) == counted(session)


def test_a_plain_count_of_a_province_agrees(session: Session, sessions: sessionmaker[Session]) -> None:
    for region in ("33", "33.24", "33.01", "34", None):
        make_flag(session, make_item(session, region_code=region), office="camat" if region == "33.24" else None)
    session.commit()
    assert read_freshness(session).waiting == 5
    session.rollback()
    assert catch_up(sessions, most=3) == 3
    assert catch_up(sessions) == 2
    asked = select(FlagTally.region_code, FlagTally.count).where(FlagTally.measure == Measure.RAISED, FlagTally.act == "")
    assert dict(session.execute(asked).all()) == {"": 5, "33": 3, "33.24": 1, "33.24@": 1, "33.01": 1, "34": 1}  # pyright: ignore[reportArgumentType]


def test_counting_anew_gives_the_same(session: Session) -> None:
    user = make_user(session)
    flags = [make_flag(session, sides=["golkar"]) for _ in range(3)]
    assess(session, flags[0], Outcome.DUPLICATE, user.id, is_second=False)
    add_up(session)
    before = stored(session)
    count_anew(session)
    assert stored(session) == {}
    assert add_up(session) == 3
    assert stored(session) == before


def test_flags_from_before_learn_whom_their_text_names(session: Session, sessions: sessionmaker[Session]) -> None:
    make_flag(session, make_item(session, text="Lurah mengajak memilih paslon nomor urut 2 dari Golkar."))
    session.commit()
    assert name_missing_sides(sessions) == 1
    assert name_missing_sides(sessions) == 0
    session.expire_all()
    assert session.scalars(select(Flag.sides)).one() == ["golkar", "nomor_2"]
