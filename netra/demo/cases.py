"""Two cases of the demo: one that was referred and waits for the PPK, one that ended with a sanction. All of it invented."""

from datetime import date, timedelta

from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from models import Answer, Case, ExternalStatus, Flag, FlagReason, FlagState, Outcome, Stage, User, now
from models.database import make_session
from models.legal.deadline import local_day
from models.legal.requirements import read_requirements
from service.accounts.actor import Actor
from service.accounts.service import load_actor
from service.cases.completeness import answer_requirement
from service.cases.mirroring import enter_status
from service.cases.referring import refer
from service.cases.schemas import CaseEdit, FollowUpEntry, NewCase, ReferralEntry, RequirementAnswer, StatusEntry
from service.cases.service import edit, open_case
from service.followup.service import enter_follow_up
from service.review import service as review
from service.review.law import list_acts
from service.review.schemas import Judgement

FIRST, SECOND, COORDINATOR = "rina", "bagas", "sekar"
SUBJECTS = (
    ("Kecamatan Gandawangi", "Wiranata Sasmaya"),
    ("Dinas Perhubungan Kota Arunika", "Larasmi Endraswari"),
)


def make_demo_cases(engine: Engine) -> None:
    """Once: the two readers and the coordinator do on two flags what people do, through the same rules."""
    with make_session(engine).begin() as session:
        if session.scalar(select(Case.id).limit(1)) is not None:
            return
        people = {name: _actor(session, name) for name in (FIRST, SECOND, COORDINATOR)}
        for number, flag in enumerate(_best_flags(session)):
            _read_twice(session, people, flag)
            case = _open(session, people[COORDINATOR], flag, number)
            if number == 0:
                _refer(session, people[COORDINATOR], case)
            else:
                _finish(session, people[COORDINATOR], case)


def _actor(session: Session, username: str) -> Actor:
    return load_actor(session, session.scalars(select(User).where(User.username == username)).one())


def _best_flags(session: Session) -> list[Flag]:
    """Two that the machine finds clear, of different places, and that nobody works on."""
    free = select(Flag).where(Flag.state == FlagState.OPEN, Flag.holder_id.is_(None), Flag.reason == FlagReason.MODEL)
    flags = session.scalars(free.where(Flag.act.is_not(None)).order_by(Flag.score.desc(), Flag.id).limit(20)).all()
    by_place = {flag.region_code: flag for flag in reversed(flags)}
    return sorted(by_place.values(), key=lambda flag: -(flag.score or 0.0))[: len(SUBJECTS)]


def _read_twice(session: Session, people: dict[str, Actor], flag: Flag) -> None:
    act = flag.act if flag.act in list_acts(session) else "lainnya"
    seen = Judgement(
        outcome=Outcome.INDICATION,
        content_partisan=Answer.YES,
        person_asn=Answer.YES,
        attribution_verified=Answer.UNSURE,
        act=act,
        note="",
    )
    for name in (FIRST, SECOND):
        review.take(session, people[name], flag.id, minutes=20)
        review.assess(session, people[name], flag.id, seen)


def _open(session: Session, actor: Actor, flag: Flag, number: int) -> Case:
    agency, name = SUBJECTS[number]
    case = open_case(session, actor, NewCase(flag_ids=[flag.id], title=f"Dugaan di {agency}", agency=agency))
    told = CaseEdit(title=case.title, agency=agency, office=flag.office or "", subject_name=name, act=flag.act, place=agency)
    edit(session, actor, case.id, told)
    for one in read_requirements()[: 6 - number]:
        answer_requirement(session, actor, case.id, RequirementAnswer(requirement=one.key, answer=Answer.YES))
    return case


def _refer(session: Session, actor: Actor, case: Case) -> None:
    day = local_day(now(), case.region_code)
    enter_status(session, actor, case.id, _status(ExternalStatus.FINDING, day - timedelta(days=20), "003/TM/DEMO"))
    refer(session, actor, case.id, ReferralEntry(on_day=day - timedelta(days=17), document_number="012/K/DEMO"))
    enter_status(session, actor, case.id, _status(ExternalStatus.AWAITS_PPK, day - timedelta(days=12), "R-7/DEMO"))


def _finish(session: Session, actor: Actor, case: Case) -> None:
    day = local_day(now(), case.region_code)
    enter_status(session, actor, case.id, _status(ExternalStatus.REPORT, day - timedelta(days=60), "001/LP/DEMO"))
    for stage, days in ((Stage.RECOMMENDED, 40), (Stage.FOLLOWED_UP, 25)):
        enter_follow_up(session, actor, case.id, FollowUpEntry(stage=stage, on_day=day - timedelta(days=days)))
    enter_status(session, actor, case.id, _status(ExternalStatus.MORAL, day - timedelta(days=25), "SK-2/DEMO"))


def _status(status: ExternalStatus, day: date, number: str) -> StatusEntry:
    return StatusEntry(status=status, on_day=day, document_number=number, note="Rekaan untuk demo.")
