"""What one does with a case: one route for each deed."""

from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, Response

from service.cases import completeness, merging, mirroring, names, referring, service, splitting
from service.cases.dossier.handing import dossier_response
from service.cases.endpoints import LARGEST_ID, CaseId, case_page
from service.cases.schemas import (
    CaseEdit,
    DossierForm,
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
from service.dependencies import CaseManager, CaseReader, CaseReferrer, NameOpener, Writing
from service.followup import service as followup
from service.pages import language_of, see_other

router = APIRouter(prefix="/perkara", include_in_schema=False)

Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]


@router.post("")
def open_case(session: Writing, actor: CaseManager, new: Annotated[NewCase, Form()]) -> Response:
    case = service.open_case(session, actor, new)
    return _back(case.id, "dibuka")


@router.post("/{case_id}/ubah")
def edit(session: Writing, actor: CaseManager, case_id: CaseId, new: Annotated[CaseEdit, Form()]) -> Response:
    service.edit(session, actor, case_id, new)
    return _back(case_id, "diubah")


@router.post("/{case_id}/penanda")
def add_lead(session: Writing, actor: CaseManager, case_id: CaseId, entry: Annotated[LeadEntry, Form()]) -> Response:
    service.add_lead(session, actor, case_id, entry.flag_id)
    return _back(case_id, "ditambah")


@router.post("/{case_id}/penanda/{flag_id}/lepas")
def remove_lead(
    session: Writing, actor: CaseManager, case_id: CaseId, flag_id: Id, entry: Annotated[ReasonEntry, Form()]
) -> Response:
    service.remove_lead(session, actor, case_id, flag_id, entry.reason)
    return _back(case_id, "dilepas")


@router.post("/{case_id}/gabung")
def merge(session: Writing, actor: CaseManager, case_id: CaseId, entry: Annotated[MergeEntry, Form()]) -> Response:
    merging.merge(session, actor, case_id, entry.other_id, entry.reason)
    return _back(case_id, "digabung")


@router.post("/gabungan/{merge_id}/batal")
def undo_merge(session: Writing, actor: CaseManager, merge_id: Id) -> Response:
    done = merging.undo_merge(session, actor, merge_id)
    return _back(done.kept_id, "batal_gabung")


@router.post("/{case_id}/pisah")
def split(session: Writing, actor: CaseManager, case_id: CaseId, entry: Annotated[SplitEntry, Form()]) -> Response:
    return _back(splitting.split(session, actor, case_id, entry).new_id, "dipisah")


@router.post("/pemisahan/{split_id}/batal")
def undo_split(session: Writing, actor: CaseManager, split_id: Id) -> Response:
    return _back(splitting.undo_split(session, actor, split_id).kept_id, "batal_pisah")


@router.post("/{case_id}/syarat")
def answer(session: Writing, actor: CaseManager, case_id: CaseId, given: Annotated[RequirementAnswer, Form()]) -> Response:
    completeness.answer_requirement(session, actor, case_id, given)
    return _back(case_id, "syarat", "#kelengkapan")


@router.post("/{case_id}/keadaan")
def enter_status(session: Writing, actor: CaseManager, case_id: CaseId, entry: Annotated[StatusEntry, Form()]) -> Response:
    mirroring.enter_status(session, actor, case_id, entry)
    return _back(case_id, "keadaan", "#keadaan")


@router.post("/{case_id}/tindak-lanjut")
def enter_follow_up(session: Writing, actor: CaseManager, case_id: CaseId, entry: Annotated[FollowUpEntry, Form()]) -> Response:
    followup.enter_follow_up(session, actor, case_id, entry)
    return _back(case_id, "tindak_lanjut", "#tindak-lanjut")


@router.post("/{case_id}/teruskan")
def refer(session: Writing, actor: CaseReferrer, case_id: CaseId, entry: Annotated[ReferralEntry, Form()]) -> Response:
    referring.refer(session, actor, case_id, entry)
    return _back(case_id, "diteruskan")


@router.post("/{case_id}/nama")
def open_name(
    request: Request, session: Writing, actor: NameOpener, case_id: CaseId, entry: Annotated[ReasonEntry, Form()]
) -> HTMLResponse:
    """The name stands on this one answer only: no address shows it."""
    opened = names.open_name(session, actor, case_id, entry.reason)
    return case_page(request, session, actor, case_id, opened=opened)


@router.post("/{case_id}/berkas")
def make_dossier(
    request: Request, session: Writing, actor: CaseReader, case_id: CaseId, wanted: Annotated[DossierForm, Form()]
) -> Response:
    return dossier_response(request, session, actor, case_id, wanted, language_of(request))


def _back(case_id: int, message: str, place: str = "") -> Response:
    return see_other(f"/perkara/{case_id}?pesan={message}{place}")
