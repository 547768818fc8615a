"""What the API says of figures."""

from datetime import date, datetime

from pydantic import BaseModel, ConfigDict, Field

from service.dashboard.choices import Step

COUNTED = {
    "key": "penilaian",
    "title": "Penilaian menurut waktu",
    "how_to_read": "Setiap batang …",
    "first_month": "2024-09",
    "last_month": "2024-11",
    "region": "33",
    "act": "",
    "step": "minggu",
    "as_of": "2024-11-30T01:00:00Z",
    "waiting": 0,
    "columns": [{"name": "period", "kind": "period", "label": "Periode"}, {"name": "total", "kind": "count", "label": "Jumlah"}],
    "rows": [{"period": "2024-11-25", "total": 12}],
}


class FigureAnswer(BaseModel):
    key: str = Field(examples=["penilaian"])
    title: str
    how_to_read: str


class FigureList(BaseModel):
    """Every figure that `/statistics/{key}` knows."""

    figures: list[FigureAnswer]


class ColumnAnswer(BaseModel):
    name: str = Field(description="Never changes its meaning.")
    kind: str = Field(description="How its values are meant: count, share (0 to 1), day, code, name.")
    label: str


class PlotAnswer(FigureAnswer):
    model_config = ConfigDict(json_schema_extra={"examples": [COUNTED]})

    first_month: str
    last_month: str
    region: str = Field(description="Empty is all of your area.")
    act: str
    step: Step = Field(description="As it was answered: long periods are cut more coarsely than was asked for.")
    as_of: datetime = Field(description="The counts reach to this moment.")
    waiting: int = Field(description="Changes that are not counted yet, up to 10,000.")
    columns: list[ColumnAnswer]
    rows: list[dict[str, str | int | float | date | None]] = Field(
        description="Null is nothing to say, as a share of fewer than 5."
    )
