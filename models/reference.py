"""Reference data: regions, agencies, rules, calendar, roles. Loaded again after every migration, without doubles."""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import yaml
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models.agency import Agency
from models.base import Base
from models.law import Election, ElectionPhase, RuleSet, ViolationType
from models.region import Region, RegionAlias, RegionLevel
from models.user import Role

DATA = Path(__file__).parent / "data"

Row = TypeVar("Row", bound=Base)

WITA_PROVINCES = {"51", "52", "53", "63", "64", "65", "71", "72", "73", "74", "75", "76"}
WIT_PROVINCES = {"81", "82", "91", "92", "93", "94", "95", "96"}


def load_reference(session: Session) -> None:
    """Bring the reference tables to what models/data says. Rows that people's work points to keep their ids."""
    _load_regions(session)
    for entry in _read_yaml("roles.yml"):
        session.merge(Role(**entry))
    for entry in _read_yaml("agencies.yml"):
        _load_agency(session, entry)
    for entry in _read_yaml("rule_sets.yml"):
        _load_rule_set(session, entry)
    for entry in _read_yaml("elections.yml"):
        _load_election(session, entry)


def province_of(region_code: str) -> str:
    """The province's part of a code: `33` of `33.24`."""
    return region_code.split(".", 1)[0]


def timezone_of(region_code: str | None) -> str:
    """IANA zone of a region; Jakarta's where the region is unknown, as papers do."""
    province = province_of(region_code or "")
    if province in WIT_PROVINCES:
        return "Asia/Jayapura"
    return "Asia/Makassar" if province in WITA_PROVINCES else "Asia/Jakarta"


def _load_regions(session: Session) -> None:
    known = {region.code: region for region in session.scalars(select(Region))}
    provinces = [(row["code"], None, row["name"]) for row in _read_csv("provinces.csv")]
    regencies = [(row["code"], row["province_code"], row["name"]) for row in _read_csv("regencies.csv")]
    for code, parent, name in provinces + regencies:
        level = RegionLevel.PROVINCE if parent is None else _level_of(name)
        if code in known:
            known[code].name = name
        else:
            session.add(Region(code=code, level=level, parent_code=parent, name=name, timezone=timezone_of(code)))
        if parent is None:
            session.flush()
    session.flush()
    session.execute(delete(RegionAlias))
    session.add_all(RegionAlias(alias=row["alias"], region_code=row["code"]) for row in _read_csv("region_aliases.csv"))


def _level_of(name: str) -> RegionLevel:
    return RegionLevel.CITY if name.startswith("Kota ") else RegionLevel.REGENCY


def _load_agency(session: Session, entry: dict[str, Any]) -> None:
    """What an admin of this house said of an agency stands above what we ship."""
    known = session.scalar(select(Agency).where(Agency.slug == entry["slug"]))
    if known is None or not known.is_edited:
        _put(session, Agency, {"slug": entry["slug"]}, entry)


def _load_rule_set(session: Session, entry: dict[str, Any]) -> None:
    violations = entry.pop("violations")
    rules = _put(session, RuleSet, {"slug": entry["slug"]}, entry)
    for violation in violations:
        _put(session, ViolationType, {"rule_set_id": rules.id, "code": violation["code"]}, violation)


def _load_election(session: Session, entry: dict[str, Any]) -> None:
    phases = entry.pop("phases", {})
    election = _put(session, Election, {"slug": entry["slug"]}, entry)
    for name, (starts_on, ends_on) in phases.items():
        _put(session, ElectionPhase, {"election_id": election.id, "name": name}, {"starts_on": starts_on, "ends_on": ends_on})


def _put(session: Session, table: type[Row], key: dict[str, Any], values: dict[str, Any]) -> Row:
    """Insert the row that `key` names, or bring it up to date."""
    row = session.scalar(select(table).filter_by(**key))
    if row is None:
        row = table(**key)
        session.add(row)
    for name, value in values.items():
        setattr(row, name, value)
    session.flush()
    return row


def _read_csv(name: str) -> Iterable[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)


def _read_yaml(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
