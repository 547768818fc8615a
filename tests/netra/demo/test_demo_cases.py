"""The cases of the demo: made once, through the rules that people work by."""

from datetime import timedelta

from sqlalchemy import Engine, func, select

from models import Case, CaseReferral, CaseStage, now, verify_chain
from models.database import make_session
from netra.demo.cases import make_demo_cases
from tests.factories import make_flag, make_item, make_user


def test_two_cases_show_a_referral_and_a_sanction_and_a_second_run_adds_nothing(sqlite_engine: Engine) -> None:
    with make_session(sqlite_engine).begin() as session:
        for username, role in {"rina": "pengawas", "bagas": "pengawas", "sekar": "koordinator"}.items():
            make_user(session, username=username, role=role)
        for region in ("33", "34", "33"):
            make_flag(session, make_item(session, region_code=region, first_seen_at=now() - timedelta(days=30)))
    for _ in range(2):
        make_demo_cases(sqlite_engine)
    with make_session(sqlite_engine)() as session:
        counts = [session.scalar(select(func.count()).select_from(table)) for table in (Case, CaseReferral)]
        assert counts == [2, 1]
        assert session.scalar(select(func.count()).select_from(CaseStage)) == 6
        assert verify_chain(session).breaks == []
