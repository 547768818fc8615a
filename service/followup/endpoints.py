"""The follow-up funnel as a page, and each of its tables as CSV."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, Response
from pydantic import BeforeValidator

from models import Stage
from models.figures.published import read_published
from service.cases.schemas import empty_is_none
from service.dependencies import CaseReader, Reading
from service.followup.funnel import DEFAULT_LIMIT, FunnelPage, key_of, read_funnel
from service.followup.repository import FunnelFilter
from service.followup.stages import ENDINGS, STAGE_OF
from service.followup.tables import csv_response
from service.pages import language_of, render
from service.review.repository import list_provinces

router = APIRouter(prefix="/tindak-lanjut", include_in_schema=False)

OptionalDay = Annotated[date | None, BeforeValidator(empty_is_none)]


def read_page(
    session: Reading,
    actor: CaseReader,
    region: Annotated[str, Query(alias="wilayah", max_length=13)] = "",
    since: Annotated[OptionalDay, Query(alias="sejak")] = None,
    until: Annotated[OptionalDay, Query(alias="sampai")] = None,
    limit_days: Annotated[int, Query(alias="batas", ge=0, le=3650)] = DEFAULT_LIMIT,
    reference: Annotated[str, Query(alias="acuan", max_length=200)] = "",
) -> tuple[FunnelFilter, FunnelPage]:
    """The same for the page and its tables, so that they cannot differ."""
    filters = FunnelFilter(region, since, until)
    return filters, read_funnel(session, actor, filters, limit_days=limit_days, reference=reference)


Page = Annotated[tuple[FunnelFilter, FunnelPage], Depends(read_page)]


@router.get("")
def show_funnel(request: Request, session: Reading, page: Page) -> HTMLResponse:
    filters, found = page
    return render(
        request,
        "followup/funnel.html",
        page=found,
        filters=filters,
        key_of=key_of,
        provinces=list_provinces(session),
        references=[row for row in found.published if row.reported],
        counted_as={stage: [status for status, one in STAGE_OF.items() if one is stage] for stage in Stage},
        endings=sorted(ENDINGS),
        query=request.url.query,
    )


@router.get("/corong.csv")
def give_funnel(request: Request, page: Page) -> Response:
    language = language_of(request)
    head = [language(f"corong.kolom.{name}") for name in ("tahap", "perkara", "bagian", "acuan")]
    bars = page[1].funnel.bars
    return csv_response("corong", head, [(bar.stage.value, bar.count, _share(bar.share), bar.reference_count) for bar in bars])


@router.get("/instansi.csv")
def give_ages(request: Request, page: Page) -> Response:
    language = language_of(request)
    head = [language(f"umur.kolom.{name}") for name in ("instansi", "menunggu", "median", "terlama", "lewat")]
    ages = page[1].ages
    return csv_response("instansi", head, [(a.agency, a.waiting, a.median_days, a.oldest_days, a.over) for a in ages])


@router.get("/acuan.csv")
def give_published(request: Request, _: CaseReader) -> Response:
    """Every published row, with who published it, when and of whom."""
    language = language_of(request)
    names = ("per_tanggal", "peristiwa", "penerbit", "populasi", "dilaporkan", "direkomendasikan", "ditindaklanjuti", "bagian")
    head = [language(f"acuan.kolom.{name}") for name in (*names, "alamat", "catatan")]
    rows = (
        (
            row.as_of.isoformat(),
            row.event,
            row.publisher,
            row.population,
            row.reported,
            row.recommended,
            row.followed_up,
            _share(row.followed_up_share),
            row.url,
            row.note,
        )
        for row in read_published()
    )
    return csv_response("acuan", head, rows)


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)
