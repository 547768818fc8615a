"""JSON for the desk of tips: what the public sent, one typed in by a colleague, put aside, taken back, its contact."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query, Response
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from models import TipClosure, now
from models.legal.deadline import local_day
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING
from service.api.routes import make_router
from service.days import Day
from service.dependencies import AppSettings, HouseKeys, Reading, TipManager, Writing
from service.errors import InvalidInput
from service.items.opening import LONGEST_REASON
from service.tips import repository, service, words
from service.tips.joining import HouseJoining
from service.tips.repository import TipRow, TipShelf
from service.tips.sending import Desk, TipStatus, receive, status_of

router = make_router()

SECRET = {"Cache-Control": "no-store"}
"""Of an answer that is kept nowhere, also not for a repeat of the request."""

WRITTEN = ("link", "text", "office", "agency")
TIP = {
    "id": 7,
    "status": "diterima",
    "region_code": "33.24",
    "link": "https://contoh.test/berita/rapat",
    "text": "Camat mengajak staf memilih satu calon dalam rapat.",
    "happened_on": "2024-10-20",
    "known_on": "2024-10-21",
    "office": "Camat",
    "agency": "",
    "is_repeat": False,
    "same_count": 1,
    "has_contact": True,
    "flag_id": 41,
    "item_id": 39,
    "created_at": "2024-10-21T03:10:00Z",
    "withdrawn_at": None,
    "closed_at": None,
    "closure": None,
}
TOLD_APART = {"status", "has_contact", "flag_id", "same_count", *WRITTEN}
"""What an answer does not take from the row as it stands."""


def _example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class TipAnswer(BaseModel):
    model_config = _example(TIP)

    id: int
    status: TipStatus = Field(description="What the sender sees.")
    region_code: str
    link: str = Field(description="Its host alone, but of a page that an outlet published; never fetched.")
    text: str = Field(
        description="The sender's words, checked by nobody; numbers, names, links and addresses of people are masked."
    )
    happened_on: date
    known_on: date
    office: str
    agency: str
    is_repeat: bool = Field(description="Somebody had sent the same link or the same words before.")
    same_count: int = Field(description="Tips on the same link or the same words, this one among them.")
    has_contact: bool
    flag_id: int | None = Field(description="Null where its flag lies outside of your area.")
    item_id: int
    created_at: datetime
    withdrawn_at: datetime | None = Field(description="When its sender took it back; what was written is empty from then on.")
    closed_at: datetime | None
    closure: TipClosure | None


class TipList(BaseModel):
    model_config = _example({"tips": [TIP], "next": None})

    tips: list[TipAnswer]
    next: int | None = Field(description="For the parameter `before`.")


class NewTip(BaseModel):
    """What came by telephone or over the counter."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "region_code": "33.24",
                    "link": "",
                    "text": "Camat mengajak staf memilih satu calon dalam rapat.",
                    "happened_on": "2024-10-20",
                    "known_on": "2024-10-21",
                    "office": "Camat",
                    "agency": "",
                    "contact": "",
                }
            ]
        },
    )

    region_code: str = Field(max_length=13)
    link: str = Field("", max_length=words.LONGEST_LINK)
    text: str = Field("", max_length=words.LONGEST_TEXT, description="A text, a link, or both.")
    happened_on: Day
    known_on: Day
    office: str = Field("", max_length=words.LONGEST_LINE)
    agency: str = Field("", max_length=words.LONGEST_LINE)
    contact: str = Field("", max_length=words.LONGEST_LINE, description="Stored encrypted, deleted when its time has passed.")


class TipReceived(BaseModel):
    model_config = _example({"id": 7, "code": "0132-TMY8-NEP0-E", "flag_id": 41})

    id: int
    code: str = Field(description="The sender's tracking code. It is shown once.")
    flag_id: int | None


class CloseTip(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"closure": "spam"}]})

    closure: TipClosure


class OpenContact(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"reason": "Menanyakan hari rapat."}]})

    reason: str = Field(min_length=1, max_length=LONGEST_REASON, description="It stays in the trail.")


class TipDeed(BaseModel):
    model_config = _example({"id": 7, "closed_at": "2024-10-21T04:00:00Z"})

    id: int
    closed_at: datetime | None


class ContactAnswer(BaseModel):
    model_config = _example({"id": 7, "contact": "warga@contoh.test"})

    id: int
    contact: str | None = Field(description="Null where it was sealed with a key that is no more.")


@router.get("/tips", tags=["tips"])
def list_tips(
    session: Reading,
    actor: TipManager,
    shelf: TipShelf = TipShelf.OPEN,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID, description="Only tips older than this id.")] = None,
) -> TipList:
    """What the public sent from your area, the newest first."""
    page = service.read_page(session, actor, shelf, before)
    answers = [_say_tip(session, row) for row in page.rows]
    return TipList(tips=answers, next=page.next_before)


@router.post("/tips", tags=["tips"])
def add_tip(
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    joining: HouseJoining,
    actor: TipManager,
    body: NewTip,
    response: Response,
) -> TipReceived:
    """Type in what somebody told you. It goes the way of every tip; your name stands beside it."""
    given = {
        "wilayah": body.region_code,
        "tautan": body.link,
        "teks": body.text,
        "terjadi": body.happened_on.isoformat(),
        "diketahui": body.known_on.isoformat(),
        "jabatan": body.office,
        "instansi": body.agency,
        "kontak": body.contact,
    }
    codes = repository.reachable_codes(session, actor, body.region_code)
    read = words.read_form(given, regions=codes, today=local_day(now(), body.region_code))
    if read.words is None:
        raise InvalidInput(next(iter(read.problems.values())))
    desk = Desk(keys, settings.evidence_dir, settings.tips_contact_days, joining)
    received = receive(session, desk, read.words, form=None, entered_by=actor)
    response.headers.update(SECRET)
    return TipReceived(id=received.tip.id, code=received.code, flag_id=received.tip.flag_id)


@router.post("/tips/{tip_id}/close", tags=["tips"], responses=MISSING | CONFLICT)
def close_tip(session: Writing, actor: TipManager, tip_id: Id, body: CloseTip) -> TipDeed:
    """Put a tip aside, with its flag where that rests on nothing else and nobody reads it."""
    tip = service.close(session, actor, tip_id, body.closure)
    return TipDeed(id=tip.id, closed_at=tip.closed_at)


@router.post("/tips/{tip_id}/reopen", tags=["tips"], responses=MISSING | CONFLICT)
def reopen_tip(session: Writing, actor: TipManager, tip_id: Id) -> TipDeed:
    """Take a tip back, with the flag that was closed for it."""
    tip = service.reopen(session, actor, tip_id)
    return TipDeed(id=tip.id, closed_at=tip.closed_at)


@router.post("/tips/{tip_id}/contact", tags=["tips"], responses=MISSING)
def open_contact(
    session: Writing, keys: HouseKeys, actor: TipManager, tip_id: Id, body: OpenContact, response: Response
) -> ContactAnswer:
    """The sender's contact. That you read it, and why, stands in the trail."""
    tip, contact = service.read_contact(session, actor, keys, tip_id, body.reason)
    response.headers.update(SECRET)
    return ContactAnswer(id=tip.id, contact=contact)


def _say_tip(session: Session, row: TipRow) -> TipAnswer:
    tip = row.tip
    values = {name: getattr(tip, name) for name in TIP if name not in TOLD_APART}
    values |= {name: row.shown(name) for name in WRITTEN}
    return TipAnswer(
        **values,
        status=status_of(session, tip),
        same_count=row.count,
        has_contact=tip.contact_sealed is not None,
        flag_id=row.flag.id if row.flag else None,
    )
