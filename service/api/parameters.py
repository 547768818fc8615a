"""Parameters that the endpoints of many rooms take."""

from typing import Annotated

from fastapi import Path

LARGEST_ID = 2**63 - 1
"""What a column of ids can hold, on both engines."""
Id = Annotated[int, Path(ge=1, le=LARGEST_ID)]
