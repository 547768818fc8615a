"""JSON for agencies: who has which task from when to when."""

from datetime import date
from typing import Annotated

from fastapi import Path
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.orm import Session

from models import AgencyTask
from service.agencies import keeping, repository
from service.agencies.keeping import Keeper
from service.agencies.repository import AgencyRow
from service.agencies.schemas import Closing, NewAgency, Renaming
from service.api.problems import CONFLICT, MISSING
from service.api.routes import make_router
from service.dependencies import AgencyKeeper, CaseReader, Reading, Writing
from service.errors import NotFound

router = make_router()

SlugInPath = Annotated[str, Path(max_length=80, description="Slug of an agency.", examples=["bkn"])]
BKN = {
    "slug": "bkn",
    "name": "Badan Kepegawaian Negara (BKN)",
    "task": "pengawas_netralitas",
    "region_code": None,
    "valid_from_on": "2024-08-27",
    "valid_to_on": None,
    "legal_basis": "Perpres 92/2024",
    "former_names": [],
    "referrals": 4,
}


class FormerName(BaseModel):
    name: str
    legal_basis: str
    valid_to_on: date = Field(description="The last day of that name.")


class AgencyAnswer(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [BKN]})

    slug: str
    name: str = Field(description="Today's.")
    task: AgencyTask
    region_code: str | None = Field(description="Null is the nation.")
    valid_from_on: date | None
    valid_to_on: date | None
    legal_basis: str
    former_names: list[FormerName]
    referrals: int = Field(description="How many cases were ever referred to it.")


class AgencyList(BaseModel):
    model_config = ConfigDict(json_schema_extra={"examples": [{"agencies": [BKN]}]})

    agencies: list[AgencyAnswer]


@router.get("/agencies", tags=["agencies"])
def list_agencies(session: Reading, _: CaseReader) -> AgencyList:
    """Every agency of the calendar, past and to come."""
    return AgencyList(agencies=[_say(row) for row in repository.list_agencies(session)])


@router.post("/agencies", tags=["agencies"], responses=MISSING | CONFLICT)
def add_agency(session: Writing, actor: AgencyKeeper, new: NewAgency) -> AgencyAnswer:
    """Add one; with `replaces` another one's task goes over to it, and that one ends the day before."""
    keeping.add_agency(session, Keeper.of(actor), new)
    return _answer(session, new.slug)


@router.post("/agencies/{slug}/rename", tags=["agencies"], responses=MISSING | CONFLICT)
def rename_agency(session: Writing, actor: AgencyKeeper, slug: SlugInPath, new: Renaming) -> AgencyAnswer:
    """Rename it from a day on. What was referred before keeps the former name."""
    keeping.rename(session, Keeper.of(actor), slug, new)
    return _answer(session, slug)


@router.post("/agencies/{slug}/close", tags=["agencies"], responses=MISSING | CONFLICT)
def close_agency(session: Writing, actor: AgencyKeeper, slug: SlugInPath, closing: Closing) -> AgencyAnswer:
    """Set or move its last day; never to before a referral."""
    keeping.close(session, Keeper.of(actor), slug, closing)
    return _answer(session, slug)


@router.post("/agencies/{slug}/reopen", tags=["agencies"], responses=MISSING | CONFLICT)
def reopen_agency(session: Writing, actor: AgencyKeeper, slug: SlugInPath) -> AgencyAnswer:
    """Take its last day back."""
    keeping.reopen(session, Keeper.of(actor), slug)
    return _answer(session, slug)


def _answer(session: Session, slug: str) -> AgencyAnswer:
    row = next((row for row in repository.list_agencies(session) if row.agency.slug == slug), None)
    if row is None:
        raise NotFound
    return _say(row)


def _say(row: AgencyRow) -> AgencyAnswer:
    names = ("slug", "name", "task", "region_code", "valid_from_on", "valid_to_on", "legal_basis")
    former = [FormerName.model_validate(one, from_attributes=True) for one in row.former]
    values = {name: getattr(row.agency, name) for name in names}
    return AgencyAnswer(**values, former_names=former, referrals=row.referrals)
