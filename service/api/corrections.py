"""JSON for the office of corrections: what waits, one request with what was done, and its answer."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from models import Correction, CorrectionAnswer, CorrectionAsk, CorrectionDeedKind, CorrectionSender, IdentityCheck
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING
from service.api.routes import make_router
from service.corrections import service
from service.corrections.grounds import find_ground
from service.corrections.receiving import CorrectionStatus, status_of
from service.corrections.repository import CorrectionShelf, DeedRow
from service.corrections.service import Answer
from service.dependencies import CorrectionAnswerer, Reading, Writing
from service.tips.masking import mask_people

router = make_router()

CORRECTION: dict[str, Any] = {
    "id": 5,
    "status": "diterima",
    "asked": "perbaiki",
    "sender": "diri_sendiri",
    "region_code": "33",
    "address": "https://contoh.test/berita/rapat",
    "description": "Berita tentang rapat dinas di Wanasari",
    "wrong": "Tertulis camat, padahal sekretaris kecamatan.",
    "has_contact": True,
    "created_at": "2026-11-23T03:10:00Z",
    "due_at": "2026-11-26T03:10:00Z",
    "hours_left": 41,
    "identity": "hubungi_balik",
    "answered_at": None,
    "ground": None,
    "basis": None,
    "reply": "",
}
DEED: dict[str, Any] = {
    "id": 2,
    "kind": "catatan",
    "item_id": 39,
    "flag_id": 41,
    "case_id": None,
    "note": "Yang disebut adalah sekretaris kecamatan.",
    "done_at": "2026-11-24T03:10:00Z",
    "undone_at": None,
}


def _example(example: dict[str, Any]) -> ConfigDict:
    return ConfigDict(json_schema_extra={"examples": [example]})


class CorrectionSummary(BaseModel):
    model_config = _example(CORRECTION)

    id: int
    status: CorrectionStatus = Field(description="What the sender sees.")
    asked: CorrectionAsk
    sender: CorrectionSender
    region_code: str | None = Field(description="Null where the sender did not know.")
    address: str = Field(description="As sent. It is never fetched.")
    description: str = Field(description="The sender's words; numbers and addresses of people are masked.")
    wrong: str
    has_contact: bool = Field(description="People open it on its page, where that is written down.")
    created_at: datetime
    due_at: datetime = Field(description="3 x 24 hours after receipt.")
    hours_left: int = Field(description="Negative when they are over.")
    identity: IdentityCheck | None = Field(description="How somebody made sure of who asks.")
    answered_at: datetime | None
    ground: str | None = Field(description="Why it was refused, or granted only in part.")
    basis: str | None = Field(description="The article of that reason.")
    reply: str = Field(description="What the sender reads.")


class CorrectionDeedAnswer(BaseModel):
    model_config = _example(DEED)

    id: int
    kind: CorrectionDeedKind
    item_id: int | None
    flag_id: int | None
    case_id: int | None
    note: str
    done_at: datetime
    undone_at: datetime | None = Field(description="When it was taken back.")


class CorrectionDetail(CorrectionSummary):
    model_config = _example(CORRECTION | {"deeds": [DEED], "grounds": ["isi_pers"], "may_concern": ["penanda 41"]})

    deeds: list[CorrectionDeedAnswer]
    grounds: list[str] = Field(description="Reasons that may be given for this request.")
    may_concern: list[str] = Field(description="What stands under the address, in your area. A person makes sure.")


class CorrectionListAnswer(BaseModel):
    model_config = _example({"corrections": [CORRECTION], "next": None})

    corrections: list[CorrectionSummary]
    next: int | None = Field(description="For the parameter `after`.")


class AnswerBody(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"answer": "ditolak", "ground": "isi_pers", "reply": "Ajukan hak koreksi kepada redaksi."}]
        },
    )

    answer: CorrectionAnswer
    ground: str = Field("", max_length=40, description="Of `grounds`; empty where it is granted.")
    reply: str = Field(min_length=1, max_length=service.LONGEST_REPLY, description="Read by the sender, by the code.")


@router.get("/corrections", tags=["corrections"])
def list_corrections(
    session: Reading,
    actor: CorrectionAnswerer,
    shelf: CorrectionShelf = CorrectionShelf.OPEN,
    after: Annotated[
        int | None, Query(ge=1, le=LARGEST_ID, description="Only requests behind this id, as the list goes.")
    ] = None,
) -> CorrectionListAnswer:
    """Requests of your area: those that wait by their clock, ended ones the newest first."""
    page = service.read_list(session, actor, shelf, after)
    return CorrectionListAnswer(corrections=[_summary(row.correction) for row in page.rows], next=page.next_after)


@router.get("/corrections/{correction_id}", tags=["corrections"], responses=MISSING)
def show_correction(session: Reading, actor: CorrectionAnswerer, correction_id: Id) -> CorrectionDetail:
    """One request, what was done about it, and what it may concern."""
    page = service.read_page(session, actor, correction_id)
    return CorrectionDetail(
        **_summary(page.row.correction).model_dump(),
        deeds=[_deed(row) for row in page.deeds],
        grounds=[ground.slug for ground in page.grounds],
        may_concern=[target.key for target in page.targets],
    )


@router.post("/corrections/{correction_id}/answer", tags=["corrections"], responses=MISSING | CONFLICT)
def answer_correction(session: Writing, actor: CorrectionAnswerer, correction_id: Id, body: AnswerBody) -> CorrectionSummary:
    """Decide on a request. To grant needs a checked identity, to refuse a reason of `grounds`."""
    given = Answer(body.answer, body.ground.replace("\0", ""), body.reply.replace("\0", ""))
    return _summary(service.answer(session, actor, correction_id, given))


def _summary(one: Correction) -> CorrectionSummary:
    ground = find_ground(one.ground)
    named = ("id", "asked", "sender", "region_code", "address", "created_at", "due_at", "identity", "answered_at", "reply")
    return CorrectionSummary(
        **{name: getattr(one, name) for name in named},
        status=status_of(one),
        description=mask_people(one.description),
        wrong=mask_people(one.wrong),
        has_contact=one.contact_sealed is not None,
        hours_left=service.hours_left(one),
        ground=ground.slug if ground else None,
        basis=ground.basis if ground else None,
    )


def _deed(row: DeedRow) -> CorrectionDeedAnswer:
    return CorrectionDeedAnswer.model_validate({name: getattr(row.deed, name) for name in DEED})
