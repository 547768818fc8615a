"""JSON for cases, their dossiers and the follow-up funnel."""

from typing import Annotated

from fastapi import Path, Query, Response

from models import Agency, ExternalStatus
from service.api import case_answers as answers
from service.api import case_schemas as schemas
from service.api.problems import CONFLICT, MISSING, Responses
from service.api.routes import make_router
from service.cases import completeness, listing, merging, mirroring, names, referring, service, splitting
from service.cases.dossier.facts import Dossier
from service.cases.dossier.handing import hand_out, pdf_response
from service.cases.dossier.sheet import lay_out
from service.cases.filters import CaseCursor, CaseFilter, Order, Time
from service.cases.page import read_case
from service.cases.schemas import (
    EARLIEST,
    LARGEST_ID,
    CaseEdit,
    DossierFormat,
    DossierRequest,
    FollowUpEntry,
    LeadEntry,
    MergeEntry,
    NewCase,
    ReasonEntry,
    ReferralEntry,
    RequirementAnswer,
    SplitEntry,
    StatusEntry,
)
from service.days import Day
from service.dependencies import CaseManager, CaseReader, CaseReferrer, NameOpener, Reading, Writing
from service.followup import service as followup
from service.followup.funnel import DEFAULT_LIMIT, read_funnel
from service.followup.repository import FunnelFilter
from service.language import Language

router = make_router()

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
CHANGED = MISSING | CONFLICT
PDF: Responses = {
    200: {
        "description": "The dossier, with the same facts as its JSON.",
        "content": {"application/pdf": {"schema": {"type": "string", "format": "binary"}}},
    }
}


@router.get("/cases", tags=["cases"])
def list_cases(
    session: Reading,
    actor: CaseReader,
    region: Annotated[str, Query(max_length=13, description="Code of a province or regency; takes in what lies within.")] = "",
    status: ExternalStatus | None = None,
    time: Annotated[Time, Query(description="Clocks that still run, or that ran out.")] = Time.ANY,
    order: Order = Order.DUE,
    search: Annotated[str, Query(max_length=100, description="Words of title, office or agency.")] = "",
    after: Annotated[str, Query(max_length=80, description="Cursor from `next` of the page before.")] = "",
) -> schemas.CaseList:
    """Cases of your area, the clock that ends first before the others."""
    filters = CaseFilter(region, status, time, order, " ".join(search.split()))
    rows = listing.list_cases(session, actor, filters, CaseCursor.parse(after))
    page = rows[: listing.PAGE_SIZE]
    end = str(listing.cursor_after(page[-1])) if len(rows) > len(page) else None
    return schemas.CaseList(cases=[answers.say_summary(row) for row in page], next=end)


@router.post("/cases", tags=["cases"], responses=CHANGED)
def open_case(session: Writing, actor: CaseManager, new: NewCase) -> schemas.CaseDetail:
    """Open a case from flags. A flag is in one case at a time."""
    case = service.open_case(session, actor, new)
    return answers.say_case(read_case(session, actor, case.id))


@router.get("/cases/{case_id}", tags=["cases"], responses=MISSING)
def get_case(session: Reading, actor: CaseReader, case_id: Id) -> schemas.CaseDetail:
    """One case with its leads, clocks, requirements and entries."""
    return answers.say_case(read_case(session, actor, case_id))


@router.put("/cases/{case_id}", tags=["cases"], responses=CHANGED)
def edit_case(session: Writing, actor: CaseManager, case_id: Id, new: CaseEdit) -> schemas.CaseDetail:
    """Say whom it concerns, when and where. Names go in here and come out masked."""
    service.edit(session, actor, case_id, new)
    return answers.say_case(read_case(session, actor, case_id))


@router.post("/cases/{case_id}/leads", tags=["cases"], responses=CHANGED)
def add_lead(session: Writing, actor: CaseManager, case_id: Id, entry: LeadEntry) -> schemas.CaseDeed:
    """Add a flag that is in no case yet, from the same region."""
    service.add_lead(session, actor, case_id, entry.flag_id)
    return schemas.CaseDeed(case_id=case_id)


@router.post("/cases/{case_id}/leads/{flag_id}/remove", tags=["cases"], responses=CHANGED)
def remove_lead(session: Writing, actor: CaseManager, case_id: Id, flag_id: Id, entry: ReasonEntry) -> schemas.CaseDeed:
    """Take a flag out of the case; the reason stays."""
    service.remove_lead(session, actor, case_id, flag_id, entry.reason)
    return schemas.CaseDeed(case_id=case_id)


@router.post("/cases/{case_id}/merge", tags=["cases"], responses=CHANGED)
def merge_cases(session: Writing, actor: CaseManager, case_id: Id, entry: MergeEntry) -> schemas.MergeAnswer:
    """Take another case into this one."""
    done = merging.merge(session, actor, case_id, entry.other_id, entry.reason)
    return schemas.MergeAnswer(id=done.id, kept_id=done.kept_id, merged_id=done.merged_id)


@router.post("/merges/{merge_id}/undo", tags=["cases"], responses=CHANGED)
def undo_merge(session: Writing, actor: CaseManager, merge_id: Id) -> schemas.MergeAnswer:
    """Give the leads back that came with a merge."""
    done = merging.undo_merge(session, actor, merge_id)
    return schemas.MergeAnswer(id=done.id, kept_id=done.kept_id, merged_id=done.merged_id)


@router.post("/cases/{case_id}/split", tags=["cases"], responses=CHANGED)
def split_case(session: Writing, actor: CaseManager, case_id: Id, entry: SplitEntry) -> schemas.SplitAnswer:
    """Make a case of its own of some of its leads."""
    done = splitting.split(session, actor, case_id, entry)
    return schemas.SplitAnswer(id=done.id, kept_id=done.kept_id, new_id=done.new_id)


@router.post("/splits/{split_id}/undo", tags=["cases"], responses=CHANGED)
def undo_split(session: Writing, actor: CaseManager, split_id: Id) -> schemas.SplitAnswer:
    """Give the leads back that became a case of their own."""
    done = splitting.undo_split(session, actor, split_id)
    return schemas.SplitAnswer(id=done.id, kept_id=done.kept_id, new_id=done.new_id)


@router.post("/cases/{case_id}/requirements", tags=["cases"], responses=CHANGED)
def answer_requirement(session: Writing, actor: CaseManager, case_id: Id, given: RequirementAnswer) -> schemas.CaseDeed:
    """Answer one formal or material requirement; the newest answer holds."""
    completeness.answer_requirement(session, actor, case_id, given)
    return schemas.CaseDeed(case_id=case_id)


@router.post("/cases/{case_id}/statuses", tags=["cases"], responses=CHANGED)
def enter_status(session: Writing, actor: CaseManager, case_id: Id, entry: StatusEntry) -> schemas.EntryAnswer:
    """Mirror what an institution did, or correct an entry by a new one."""
    return answers.say_new_entry(mirroring.enter_status(session, actor, case_id, entry), entry)


@router.post("/cases/{case_id}/follow-ups", tags=["cases"], responses=CHANGED)
def enter_follow_up(session: Writing, actor: CaseManager, case_id: Id, entry: FollowUpEntry) -> schemas.EntryAnswer:
    """Enter a step of the funnel, or correct one."""
    return answers.say_new_entry(followup.enter_follow_up(session, actor, case_id, entry), entry)


@router.post("/cases/{case_id}/refer", tags=["cases"], responses=CHANGED)
def refer_case(session: Writing, actor: CaseReferrer, case_id: Id, entry: ReferralEntry) -> schemas.ReferralAnswer:
    """Refer a case to the agency of that day. Only people do this: a token is refused with 422."""
    referral = referring.refer(session, actor, case_id, entry)
    agency = session.get_one(Agency, referral.agency_id)
    return schemas.ReferralAnswer(id=referral.id, case_id=case_id, agency=agency.slug, dossier_sha256=referral.dossier_sha256)


@router.post("/cases/{case_id}/name", tags=["cases"], responses=MISSING)
def open_name(session: Writing, actor: NameOpener, case_id: Id, entry: ReasonEntry, response: Response) -> schemas.NameAnswer:
    """Open the name of the person concerned. The reason stays in the trail, the answer in no store."""
    response.headers["Cache-Control"] = "no-store"
    opened = names.open_name(session, actor, case_id, entry.reason)
    return schemas.NameAnswer(name=opened.name, number=opened.number)


@router.post("/cases/{case_id}/dossier", tags=["cases"], responses=MISSING)
def make_dossier(session: Writing, actor: CaseReader, case_id: Id, wanted: DossierRequest, response: Response) -> Dossier:
    """The dossier as JSON. Its purpose stays in the trail; names need the right to open them."""
    response.headers["Cache-Control"] = "no-store"
    return hand_out(session, actor, case_id, wanted, DossierFormat.JSON)


@router.post("/cases/{case_id}/dossier.pdf", tags=["cases"], responses=MISSING | PDF, response_class=Response)
def make_pdf(session: Writing, actor: CaseReader, case_id: Id, wanted: DossierRequest) -> Response:
    """The dossier as PDF, in Indonesian."""
    dossier = hand_out(session, actor, case_id, wanted, DossierFormat.PDF)
    language = Language("id")
    return pdf_response(case_id, lay_out(dossier, language), language)


@router.get("/follow-up", tags=["cases"])
def get_funnel(
    session: Reading,
    actor: CaseReader,
    region: Annotated[str, Query(max_length=13)] = "",
    since: Annotated[Day | None, Query(description=f"Reported on this day or later, from {EARLIEST}.")] = None,
    until: Day | None = None,
    limit_days: Annotated[int, Query(ge=0, le=3650, description="Counts cases that wait longer.")] = DEFAULT_LIMIT,
) -> schemas.FunnelAnswer:
    """How far the cases of your area came, beside what institutions published."""
    filters = FunnelFilter(region, since, until)
    return answers.say_funnel(read_funnel(session, actor, filters, limit_days=limit_days, reference=""))
