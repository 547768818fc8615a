"""What an archive says of itself in its first part. It is read from files that anybody may have made."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

FORMAT = 1
LARGEST_FACTS = 1024 * 1024
Hash = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(pattern=r"^[a-z_]{1,63}$")]
Count = Annotated[int, Field(ge=0, lt=2**63)]


class TableFacts(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    rows: Count
    sha256: Hash


class Facts(BaseModel):
    """The state of the database that the archive holds, and what went with it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal[1]
    netra: str = Field(max_length=40)
    made_at: datetime
    revision: str = Field(pattern=r"^[0-9a-z_]{1,40}$")
    engine: Literal["sqlite", "postgresql"]
    database_bytes: Count
    database_sha256: Hash
    tables: dict[Name, TableFacts] = Field(max_length=1_000)
    positions: dict[Name, Count] = Field(max_length=1_000)
    events: Count
    head: Hash
    is_trail_whole: bool
    has_key: bool

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables.values())
