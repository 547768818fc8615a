from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Region, RegionLevel, Role, RuleSet, ViolationType
from models.reference import load_reference, timezone_of


def count(session: Session, level: RegionLevel) -> int | None:
    return session.scalar(select(func.count()).where(Region.level == level))


def test_38_provinces_and_514_regencies_and_cities(session: Session) -> None:
    levels = (RegionLevel.PROVINCE, RegionLevel.REGENCY, RegionLevel.CITY)
    assert [count(session, level) for level in levels] == [38, 416, 98]


def test_kemendagri_codes_of_papua_not_those_of_bps(session: Session) -> None:
    names = {code: session.get_one(Region, code).name for code in ("91", "92", "96")}
    assert names == {"91": "Papua", "92": "Papua Barat", "96": "Papua Barat Daya"}


def test_each_region_has_its_own_zone() -> None:
    zones = [timezone_of(code) for code in ("11", "61.71", "63", "51.03", "81", "95.01", None)]
    assert zones == ["Asia/Jakarta"] * 2 + ["Asia/Makassar"] * 2 + ["Asia/Jayapura"] * 2 + ["Asia/Jakarta"]


def test_loading_again_doubles_nothing(session: Session) -> None:
    before = [session.scalar(select(func.count()).select_from(table)) for table in (Region, ViolationType, Role)]
    load_reference(session)
    assert [session.scalar(select(func.count()).select_from(table)) for table in (Region, ViolationType, Role)] == before


def test_twenty_violation_types_of_the_joint_decree(session: Session) -> None:
    decree = select(ViolationType.code).join(RuleSet, RuleSet.id == ViolationType.rule_set_id).where(RuleSet.slug == "skb-2022")
    codes = set(session.scalars(decree))
    assert codes == {f"KE-{n}" for n in range(1, 8)} | {f"D-{n}" for n in range(1, 14)}
