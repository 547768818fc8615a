"""Tables as CSV: what stands on the page, in cells that no spreadsheet takes for formulas."""

import csv
import io
from collections.abc import Iterable, Sequence

from fastapi.responses import Response

from service.exports.formats import defused


def safe_cell(value: object) -> object:
    """A text that a spreadsheet would calculate gets an apostrophe before it; numbers stay numbers."""
    return defused(value) if isinstance(value, str) else value


def csv_response(name: str, head: Sequence[str], rows: Iterable[Sequence[object]]) -> Response:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([safe_cell("" if value is None else value) for value in row] for row in rows)
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return Response("\ufeff" + text.getvalue(), media_type="text/csv; charset=utf-8", headers=headers)
