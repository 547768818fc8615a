"""JSON for other houses: what changed since a cursor, who we are, and what came in from others."""

from datetime import date, datetime
from typing import Annotated, Any

from fastapi import Query
from pydantic import BaseModel, ConfigDict, Field

from models import ReceivedKind
from models.settings import Settings
from service.api.parameters import LARGEST_ID, Id
from service.api.problems import CONFLICT, MISSING
from service.api.routes import make_router
from service.dependencies import AppSettings, CaseManager, CaseReader, HouseKeys, InterchangeReader, Reading, Writing
from service.interchange import desk, giving, schemas
from service.interchange.desk import ReceivedRow
from service.interchange.signing import House
from service.sealing import Keys

router = make_router()


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
    id: int
    origin: str = Field(description="Public key of the house that said it.")
    origin_name: str
    remote_id: int
    version: int
    case_id: int | None = Field(description="Our own case that it speaks of.")
    is_ours: bool = Field(description="It answers a case that began here.")
    withdrawn_at: datetime | None
    document: schemas.CaseDocument | None
    entries: list[ReceivedEntryAnswer]


class ReceivedList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"received": [], "next": None}]})

    received: list[ReceivedAnswer]
    next: int | None = Field(description="For the parameter `before`.")


class Adopted(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"id": 4, "case_id": 17}]})

    id: int
    case_id: int


@router.get("/interchange/changes", tags=["interchange"])
def list_changes(
    session: Reading,
    settings: AppSettings,
    keys: HouseKeys,
    actor: InterchangeReader,
    after: Annotated[str, Query(max_length=80, description="`cursor` of the answer before; empty for the beginning.")] = "",
) -> schemas.ChangeList:
    """Referred cases of your area that changed, the oldest change first; each at least once. docs/interchange.md."""
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


def _say(row: ReceivedRow) -> ReceivedAnswer:
    names = ("id", "remote_id", "version", "case_id", "is_ours", "withdrawn_at")
    return ReceivedAnswer(
        **{name: getattr(row.case, name) for name in names},
        origin=row.origin.key,
        origin_name=row.origin.name,
        document=row.document,
        entries=[
            ReceivedEntryAnswer(
                **{name: getattr(one.entry, name) for name in ("kind", "value", "on_day", "document_number", "withdrawn_at")},
                conflict=one.conflict,
            )
            for one in row.entries
        ],
    )
