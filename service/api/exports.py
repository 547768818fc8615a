"""JSON for exports: what would go out, the file itself, and what went out before."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field

from models import ExportFormat, ExportPurpose, Rights
from service.api.parameters import LARGEST_ID
from service.api.problems import MISSING
from service.api.routes import make_router
from service.dependencies import Exporter, ExportReader, Reading
from service.exports import repository, service
from service.exports.endpoints import send_export
from service.exports.repository import ExportRow
from service.exports.schemas import LONGEST_QUERY, ExportRequest
from service.exports.tables import MOST_ROWS

router = make_router()

FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file. `Repr-Digest` bears the SHA-256 that stands in the trail, `X-Export-Rows` the number of rows.",
        "content": {
            "text/csv": {"schema": {"type": "string"}, "example": "penanda,konten,judul\r\n12,9,Camat mengajak memilih\r\n"},
            "application/x-ndjson": {"schema": {"type": "string"}},
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": {
                "schema": {"type": "string", "format": "binary"}
            },
        },
    }
}


class ExportPreview(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "what": "antrean",
                    "rows": 1250,
                    "is_too_many": False,
                    "by_rights": {"excerpt": 1000, "full_text": 250},
                    "columns": ["penanda", "konten", "judul"],
                }
            ]
        }
    )

    what: str
    rows: int = Field(description=f"Counted to {MOST_ROWS + 1:,}; more than {MOST_ROWS:,} are not exported.")
    is_too_many: bool
    by_rights: dict[Rights, int] = Field(description="Rows by what publishers let go out; empty where no text does.")
    columns: list[str]


class ExportAnswer(BaseModel):
    id: int
    what: str
    format: ExportFormat
    query: str
    purpose: ExportPurpose
    note: str
    opens_names: bool
    row_count: int
    byte_count: int
    sha256: str = Field(description="Of exactly what went out.")
    user: str
    created_at: datetime


class ExportList(BaseModel):
    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "exports": [
                        {
                            "id": 3,
                            "what": "antrean",
                            "format": "csv",
                            "query": "rak=dinilai&wilayah=33",
                            "purpose": "pelaporan",
                            "note": "Laporan bulanan Jawa Tengah.",
                            "opens_names": False,
                            "row_count": 1250,
                            "byte_count": 734003,
                            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
                            "user": "sari",
                            "created_at": "2026-10-01T03:00:00Z",
                        }
                    ],
                    "next": None,
                }
            ]
        }
    )

    exports: list[ExportAnswer]
    next: int | None = Field(description="For the parameter `before`.")


@router.get("/exports/preview", tags=["exports"], responses=MISSING)
def preview_export(
    session: Reading,
    actor: Exporter,
    what: Annotated[str, Query(max_length=40)],
    query: Annotated[str, Query(max_length=LONGEST_QUERY, description="The filter, as in the page's address bar.")] = "",
) -> ExportPreview:
    """How many rows would go out, and how much of their texts."""
    table = service.find_table(actor, what)
    found = service.preview(session, actor, what, query)
    values = {"what": what, "rows": found.count, "is_too_many": found.is_too_many, "by_rights": found.by_rights}
    return ExportPreview(**values, columns=table.names)


@router.post("/exports", tags=["exports"], responses=FILE | MISSING, response_class=Response)
async def make_export(request: Request, session: Reading, actor: Exporter, body: ExportRequest) -> Response:
    """The file of a filter. It is written into the trail with its hash before the first byte leaves."""
    return await send_export(request, session, actor, body)


@router.get("/exports", tags=["exports"])
def list_exports(
    session: Reading,
    actor: ExportReader,
    before: Annotated[int | None, Query(ge=1, le=LARGEST_ID)] = None,
) -> ExportList:
    """Past exports, newest first: everybody's for who reads the trail of the nation, else your own."""
    rows = repository.list_exports(session, actor, before=before)
    page = rows[: repository.PAGE_SIZE]
    return ExportList(exports=[_say(row) for row in page], next=page[-1].export.id if len(rows) > len(page) else None)


def _say(row: ExportRow) -> ExportAnswer:
    fields = {name: getattr(row.export, name) for name in ExportAnswer.model_fields if name != "user"}
    return ExportAnswer(**fields, user=row.user.username)
