"""Giving a dossier out: who, why, in which form and with which names stays in the trail."""

from fastapi import Request
from fastapi.responses import Response
from sqlalchemy.orm import Session

from service.accounts.actor import Actor
from service.cases import repository
from service.cases.dossier.changes import parts_of, since_last
from service.cases.dossier.facts import Dossier
from service.cases.dossier.gather import gather_dossier
from service.cases.dossier.sheet import Sheet, lay_out
from service.cases.names import refuse_without_right
from service.cases.parts import list_cases_of, list_part_ids
from service.cases.schemas import DossierForm, DossierFormat, DossierRequest
from service.cases.service import record
from service.errors import NotFound
from service.language import Language
from service.pages import render


def hand_out(session: Session, actor: Actor, case_id: int, wanted: DossierRequest, form: DossierFormat) -> Dossier:
    case = repository.get_case(session, actor, case_id)
    if case is None:
        raise NotFound
    if wanted.shows_name:
        refuse_without_right(actor, case, list_cases_of(session, list_part_ids(session, case.id)))
    masked = gather_dossier(session, case, purpose=wanted.purpose, made_by=actor)
    named = gather_dossier(session, case, purpose=wanted.purpose, made_by=actor, shows_name=True) if wanted.shows_name else masked
    dossier = named.model_copy(update={"since": since_last(session, masked.content)})
    detail = {
        "bentuk": form.value,
        "tujuan": wanted.purpose.value,
        "nama": wanted.shows_name,
        "sha256": dossier.content_sha256,
        "bagian": parts_of(masked.content),
    }
    record(session, actor, "perkara.berkas", case, detail)
    return dossier


def dossier_response(
    request: Request, session: Session, actor: Actor, case_id: int, wanted: DossierForm, language: Language
) -> Response:
    """The dossier in the form that was asked for."""
    dossier = hand_out(session, actor, case_id, wanted, wanted.format)
    if wanted.format is DossierFormat.JSON:
        return Response(dossier.model_dump_json(indent=2), media_type="application/json", headers=_named(case_id, "json"))
    sheet = lay_out(dossier, language)
    if wanted.format is DossierFormat.PDF:
        return pdf_response(case_id, sheet, language)
    return render(request, "cases/dossier.html", sheet=sheet, case_id=case_id, here=f"/perkara/{case_id}")


def pdf_response(case_id: int, sheet: Sheet, language: Language) -> Response:
    from service.cases.dossier.pdf import draw  # It brings numpy and fonts, which nothing else of the service needs.

    return Response(draw(sheet, language=language.code), media_type="application/pdf", headers=_named(case_id, "pdf"))


def _named(case_id: int, ending: str) -> dict[str, str]:
    """`no-store` also keeps it out of the answers that are stored under an Idempotency-Key."""
    return {"Content-Disposition": f'attachment; filename="perkara-{case_id}.{ending}"', "Cache-Control": "no-store"}
