"""JSON for other houses: what changed since a cursor, who we are, and what came in from others."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from models import ReceivedKind, Withdrawal
from models.settings import Settings
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING, responses
from service.api.routes import make_router
from service.cases import repository as cases
from service.dependencies import AppSettings, CaseManager, CaseReader, HouseKeys, InterchangeReader, Reading, Writing
from service.errors import NotFound
from service.interchange import desk, giving, schemas
from service.interchange.desk import ReceivedRow
from service.interchange.signing import House
from service.sealing import Keys

router = make_router()

AHEAD = responses({409: "The cursor lies beyond our trail: the database was put back. Begin again without a cursor."})


def house_of(keys: Keys, settings: Settings) -> House:
    return House(keys, settings.public_url or "netra")


class ReceivedEntryAnswer(BaseModel):
    kind: ReceivedKind
    value: str = Field(description="Status, stage, or slug of an agency.")
    on_day: date
    document_number: str
    withdrawn_at: datetime | None = Field(description="Since when it no longer holds there.")
    conflict: str | None = Field(description="`nomor_sama`, `tahap_sama`: one of our own rows says something else.")


class ReceivedAnswer(BaseModel):
    """What another house says, as it says it: theirs, never ours."""

    id: int
    origin: str = Field(description="Public key of the house that said it.")
    origin_name: str
    remote_id: int
    version: int
    case_id: int | None = Field(description="Our own case that it speaks of.")
    is_ours: bool = Field(description="It answers a case that began here.")
    withdrawn_at: datetime | None
    withdrawal: Withdrawal | None = Field(description="Why it was withdrawn there.")
    merged_into_id: int | None = Field(description="The case of that house which took it in.")
    is_whole: bool = Field(description="What lies here is still what that house signed.")
    suggested_case_ids: list[int] = Field(description="Our cases that carry the same document number: perhaps the same case.")
    document: schemas.CaseDocument | None
    entries: list[ReceivedEntryAnswer]


class ReceivedList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"received": [], "next": None}]})

    received: list[ReceivedAnswer]
    next: int | None = Field(description="For the parameter `before`.")


class LinkBody(BaseModel):
    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"case_id": 17}]})

    case_id: Annotated[int, Field(ge=1, le=LARGEST_ID, description="Our own case that it speaks of.")]


class CaseReceivedList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"received": []}]})

    received: list[ReceivedAnswer]


class Adopted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 4, "case_id": 17}]})

    id: int
    case_id: int


@router.get("/interchange/changes", tags=["interchange"], responses=AHEAD)
def list_changes(
    session: Writing,
    settings: AppSettings,
    keys: HouseKeys,
    actor: InterchangeReader,
    after: Annotated[str, Query(max_length=80, description="`cursor` of the answer before; empty for the beginning.")] = "",
) -> schemas.ChangeList:
    """Cases of your area that institutions have, as they changed, the oldest change first; each at least once.

    What you were told and are to forget comes as a tombstone. Every answer that holds something stands in the trail.
    docs/interchange.md.
    """
    return giving.list_changes(session, actor, house_of(keys, settings), after)


@router.get("/interchange/schema", tags=["interchange"], responses={200: {"content": {"application/json": {"example": {}}}}})
def get_schema(_: InterchangeReader) -> dict[str, Any]:
    """JSON Schema 2020-12 of what `changes` answers."""
    return schemas.json_schema()


@router.get("/interchange/received", tags=["interchange"])
def list_received(
    session: Reading, actor: CaseReader, before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None
) -> ReceivedList:
    """What other houses told us of cases in your area, newest first."""
    rows = desk.list_received(session, actor, before=before)
    page = rows[: desk.PAGE_SIZE]
    end = page[-1].case.id if len(rows) > len(page) else None
    return ReceivedList(received=[_say(row) for row in page], next=end)


@router.post("/interchange/received/{received_id}/adopt", tags=["interchange"], responses=MISSING | CONFLICT)
def adopt(session: Writing, actor: CaseManager, received_id: Id) -> Adopted:
    """Make a case of your own from it. What you enter there goes back to the house that it came from."""
    return Adopted(id=received_id, case_id=desk.adopt(session, actor, received_id).id)


@router.post("/interchange/received/{received_id}/link", tags=["interchange"], responses=MISSING | CONFLICT)
def link(session: Writing, actor: CaseManager, received_id: Id, body: LinkBody) -> Adopted:
    """Say that it is a case which you have already. Nothing is copied, and both stay as they are."""
    return Adopted(id=received_id, case_id=desk.link(session, actor, received_id, body.case_id).id)


@router.post("/interchange/received/{received_id}/unlink", tags=["interchange"], responses=MISSING | CONFLICT)
def unlink(session: Writing, actor: CaseManager, received_id: Id) -> Adopted:
    """Take back that it is the same case as yours."""
    return Adopted(id=received_id, case_id=desk.unlink(session, actor, received_id).id)


@router.get("/cases/{case_id}/received", tags=["interchange"], responses=MISSING)
def list_received_of_case(session: Reading, actor: CaseReader, case_id: Id) -> CaseReceivedList:
    """What other houses say of one of your cases, beside your own mirror and never over it."""
    if cases.get_case(session, actor, case_id) is None:
        raise NotFound
    return CaseReceivedList(received=[_say(row) for row in desk.list_of_case(session, actor, case_id)])


def _say(row: ReceivedRow) -> ReceivedAnswer:
    names = ("id", "remote_id", "version", "case_id", "is_ours", "withdrawn_at", "withdrawal", "merged_into_id")
    return ReceivedAnswer(
        **{name: getattr(row.case, name) for name in names},
        origin=row.origin.key,
        origin_name=row.origin.name,
        is_whole=row.is_whole,
        suggested_case_ids=row.suggested,
        document=row.document,
        entries=[
            ReceivedEntryAnswer(
                **{name: getattr(one.entry, name) for name in ("kind", "value", "on_day", "withdrawn_at")},
                document_number=one.document_number,
                conflict=one.conflict,
            )
            for one in row.entries
        ],
    )
