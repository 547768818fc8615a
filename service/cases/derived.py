"""What follows from the entries of a case: its clocks, its stages, its newest status. Worked out anew after every change."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import Case, CaseClock, CaseStage, now
from models.law import Clock
from models.legal.clocks import run_clocks
from models.legal.deadline import find_election, local_day
from service.cases import repository
from service.cases.day_of_law import day_of
from service.cases.entries import first_days, holding
from service.cases.parts import list_part_ids
from service.followup.stages import ENDINGS, stages_of


def derive(session: Session, case: Case) -> None:
    """Bring everything derived to what the entries say, those of cases that it took in too."""
    session.flush()
    part_ids = list_part_ids(session, case.id)
    statuses = repository.list_statuses(session, *part_ids)
    held = holding(statuses)
    newest = held[-1] if held else None
    case.status, case.status_on = (newest.status, newest.on_day) if newest else (None, None)
    case.ended_on = newest.on_day if newest and newest.status in ENDINGS else None
    case.changed_at = now()
    session.execute(delete(CaseClock).where(CaseClock.case_id == case.id))
    session.execute(delete(CaseStage).where(CaseStage.case_id == case.id))
    election = find_election(session, day_of(session, case))
    clock = election.clock if election else Clock.PILKADA  # Between elections the shorter clock is the safer one.
    for running in run_clocks(clock, local_day(case.discovered_at, case.region_code), first_days(statuses)):
        values = {"rule": running.rule.slug, "starts_on": running.starts_on, "due_on": running.due_on, "met_on": running.met_on}
        session.add(CaseClock(case_id=case.id, **values))
    for stage, day in stages_of(statuses, repository.list_follow_ups(session, *part_ids)).items():
        session.add(CaseStage(case_id=case.id, stage=stage, on_day=day))
    session.flush()
