"""Days as pages and programs send them."""

import re
from datetime import date
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _only_iso(value: object) -> object:
    """pydantic takes a number for seconds since 1970, so that `20241018` would be a day of August 1970."""
    if isinstance(value, date) or (isinstance(value, str) and _ISO.fullmatch(value)):
        return value
    raise PydanticCustomError("date_parsing", "Input should be a day like 2024-10-18")


Day = Annotated[date, BeforeValidator(_only_iso)]
"""ISO 8601 with hyphens, and nothing else."""
