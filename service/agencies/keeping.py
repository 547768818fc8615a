"""Add, rename and close agencies. What was referred, counted or read under a former name or law stays as it was."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy.orm import Session

from models import Agency, AgencyName, Permission, Region, now, record_event
from models.legal.deadline import local_day
from service.accounts.actor import Actor, Areas, reaches
from service.accounts.by import SYSTEM, By
from service.agencies import repository
from service.agencies.errors import AgencyClosed, AgencyExists, AgencyInUse
from service.agencies.schemas import Closing, NewAgency, Renaming
from service.errors import Forbidden, InvalidInput, NotFound

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Keeper:
    """Who keeps agencies, and where."""

    by: By
    areas: Areas

    @classmethod
    def of(cls, actor: Actor) -> "Keeper":
        return cls(By.of(actor), actor.areas(Permission.MANAGE_AGENCIES))


OPERATOR = Keeper(SYSTEM, None)
"""The command line."""


def add_agency(session: Session, keeper: Keeper, new: NewAgency) -> Agency:
    """One more; where it takes a task over, the other one ends the day before."""
    if new.region_code and session.get(Region, new.region_code) is None:
        raise InvalidInput("wilayah_tak_dikenal")
    _refuse_elsewhere(keeper, new.region_code)
    if repository.get_agency(session, new.slug):
        raise AgencyExists(slug=new.slug)
    agency = Agency(**new.model_dump(exclude={"replaces"}), is_edited=True)
    session.add(agency)
    session.flush()
    if new.replaces:
        _hand_over(session, keeper, new)
    said = new.model_dump(mode="json")
    _record(session, keeper, "lembaga.tambah", agency, said)
    return agency


def rename(session: Session, keeper: Keeper, slug: str, new: Renaming) -> Agency:
    """From a day on; before it, the agency keeps the name that it had."""
    agency = _get(session, keeper, slug)
    begun = max(filter(None, (agency.valid_from_on, repository.last_name_until(session, agency))), default=None)
    if new.from_on > local_day(now(), agency.region_code):
        raise InvalidInput("hari_depan")
    if begun and new.from_on <= begun:
        raise InvalidInput("lembaga_hari")
    if new.name == agency.name:
        raise InvalidInput("lembaga_nama_sama")
    former = AgencyName(agency_id=agency.id, name=agency.name, legal_basis=agency.legal_basis, valid_to_on=new.from_on - ONE_DAY)
    session.add(former)
    said = {"dari": agency.name, "menjadi": new.name, "sejak": new.from_on.isoformat(), "dasar": new.legal_basis}
    agency.name, agency.legal_basis = new.name, new.legal_basis or agency.legal_basis
    _record(session, keeper, "lembaga.ganti_nama", agency, said)
    return agency


def close(session: Session, keeper: Keeper, slug: str, closing: Closing) -> Agency:
    """It has its task to the end of that day. An end that was set already can be moved."""
    agency = _get(session, keeper, slug)
    before = agency.valid_to_on
    _end(session, agency, closing.on_day)
    said = {"hari": closing.on_day.isoformat(), "sebelumnya": before.isoformat() if before else None, "alasan": closing.reason}
    _record(session, keeper, "lembaga.tutup", agency, said)
    return agency


def reopen(session: Session, keeper: Keeper, slug: str) -> Agency:
    """Take an end back."""
    agency = _get(session, keeper, slug)
    if agency.valid_to_on is None:
        raise AgencyClosed
    said = {"hari": agency.valid_to_on.isoformat()}
    agency.valid_to_on = None
    _record(session, keeper, "lembaga.buka", agency, said)
    return agency


def _hand_over(session: Session, keeper: Keeper, new: NewAgency) -> None:
    if new.valid_from_on is None:
        raise InvalidInput("lembaga_sejak")
    former = _get(session, keeper, new.replaces or "")
    if (former.task, former.region_code) != (new.task, new.region_code):
        raise InvalidInput("lembaga_tugas")
    _end(session, former, new.valid_from_on - ONE_DAY)
    said = {"hari": (new.valid_from_on - ONE_DAY).isoformat(), "digantikan": new.slug}
    _record(session, keeper, "lembaga.tutup", former, said)


def _end(session: Session, agency: Agency, day: date) -> None:
    last = repository.last_referral_on(session, agency)
    if last and last > day:
        raise AgencyInUse(day=last.isoformat())
    if agency.valid_from_on and day < agency.valid_from_on:
        raise InvalidInput("lembaga_hari")
    agency.valid_to_on = day


def _get(session: Session, keeper: Keeper, slug: str) -> Agency:
    """From here on the reference data of an upgrade says no more of it."""
    agency = repository.get_agency(session, slug, locks=True)
    if agency is None:
        raise NotFound
    _refuse_elsewhere(keeper, agency.region_code)
    agency.is_edited = True
    return agency


def may_keep(keeper: Keeper, region_code: str | None) -> bool:
    """An admin of a region keeps the agencies of the region, one of the nation all."""
    return reaches(keeper.areas, region_code)


def _refuse_elsewhere(keeper: Keeper, region_code: str | None) -> None:
    """403 and not 404: every agency may be read of by everybody."""
    if not may_keep(keeper, region_code):
        raise Forbidden


def _record(session: Session, keeper: Keeper, action: str, agency: Agency, said: dict[str, Any]) -> None:
    session.flush()
    detail = {"lembaga": agency.slug} | said
    record_event(session, action, actor=keeper.by.name, actor_id=keeper.by.id, subject=("agency", agency.id), detail=detail)
