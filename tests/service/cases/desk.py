"""A case as tests need it: with leads, readers and what institutions did."""

from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from models import Answer, Assessment, Case, ExternalStatus, Flag, FlagState, Item, Outcome, User
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.cases.mirroring import enter_status
from service.cases.schemas import NewCase, StatusEntry
from service.cases.service import open_case
from tests.factories import make_flag, make_item, make_user

PILKADA = datetime.fromisoformat("2024-10-16T03:00:00+00:00")


def actor_of(session: Session, role: str = "koordinator", region_code: str | None = "33", **values: Any) -> Actor:
    return load_actor(session, make_user(session, role=role, region_code=region_code, **values))


def confirmed_flag(session: Session, first: Actor | User, second: Actor | User, item: Item | None = None) -> Flag:
    """A flag in which two people saw signs of a violation."""
    flag = make_flag(session, item or make_item(session, published_at=PILKADA, first_seen_at=PILKADA))
    flag.state = FlagState.ASSESSED
    for reader, is_second in ((first, False), (second, True)):
        session.add(
            Assessment(
                flag_id=flag.id,
                item_version_id=flag.item_version_id,
                user_id=reader.id,
                outcome=Outcome.INDICATION,
                content_partisan=Answer.YES,
                act="kegiatan_berpihak",
                note="Ajakan dalam rapat dinas.",
                evidence=[{"start": 0, "end": 56}],
                is_second=is_second,
            )
        )
        session.flush()
    return flag


def make_case(session: Session, actor: Actor, *flags: Flag, **values: Any) -> Case:
    flag_ids = [flag.id for flag in flags or (make_flag(session, make_item(session, first_seen_at=PILKADA)),)]
    return open_case(session, actor, NewCase(flag_ids=flag_ids, title="Camat mengajak memilih", **values))


def mirror(session: Session, actor: Actor, case: Case, status: ExternalStatus, day: str, **values: Any) -> int:
    entry = StatusEntry(status=status, on_day=date.fromisoformat(day), **values)
    return enter_status(session, actor, case.id, entry).id
