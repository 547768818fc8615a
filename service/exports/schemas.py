"""What a person asks for when they export."""

from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from models import ExportFormat, ExportPurpose

LONGEST_NOTE = 1000
LONGEST_QUERY = 2000
SHORTEST_NOTE = 5


def _clean(value: Any) -> Any:
    """PostgreSQL keeps no NUL in a text, and UTF-8 no half of a letter."""
    return value.encode(errors="ignore").decode().replace("\0", "").strip() if isinstance(value, str) else value


class ExportRequest(BaseModel):
    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "what": "antrean",
                    "format": "csv",
                    "query": "rak=dinilai&wilayah=33",
                    "purpose": "pelaporan",
                    "note": "Laporan bulanan Jawa Tengah, September.",
                }
            ]
        },
    )

    what: str = Field(max_length=40, description="Slug of a table: `antrean`, `perkara`, `tindak-lanjut`, `jejak` and others.")
    format: ExportFormat = ExportFormat.CSV
    query: Annotated[
        str, BeforeValidator(_clean), Field(max_length=LONGEST_QUERY, description="The filter, as in the page's address bar.")
    ] = ""
    purpose: ExportPurpose
    note: Annotated[
        str,
        BeforeValidator(_clean),
        Field(
            min_length=SHORTEST_NOTE, max_length=LONGEST_NOTE, description="What for, in your own words. It stays in the trail."
        ),
    ]
    opens_names: bool = Field(
        False, description="Handles and names unmasked; needs the right to open them, and holds only in its area."
    )
    bom: bool = Field(False, description="Of CSV: begin with a byte order mark, without which Excel misreads UTF-8.")
