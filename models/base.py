"""What every table shares: naming of constraints, ids, aware times, exact JSON."""

import json
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Enum, ForeignKey, Integer, MetaData, String, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, mapped_column
from sqlalchemy.types import TypeDecorator


def now() -> datetime:
    """The present moment, aware and in UTC: the only clock of the program."""
    return datetime.now(UTC)


CLOCK_SLACK = timedelta(hours=1)
"""What should be past or near and lies further ahead than this was written by a clock that has been put back since."""


class UTCDateTime(TypeDecorator[datetime]):
    """Aware datetimes, stored in UTC.

    SQLite keeps no zone, so the zone is dropped on the way in and put back on the way out. A naive value is
    refused: it would be an hour or nine wrong somewhere between Sabang and Merauke.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"naive datetime {value!r}: give it a zone, times are stored in UTC")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


class CanonicalJSON(TypeDecorator[dict[str, Any]]):
    """JSON kept as text, keys sorted: what was hashed is what comes back, on both engines.

    JSONB re-orders keys and re-writes numbers, which would break the hash of an audit event.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: dict[str, Any] | None, dialect: Dialect) -> str | None:
        return None if value is None else canonical_json(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, Any] | None:
        return None if value is None else json.loads(value)


def canonical_json(value: object) -> str:
    """One text for one value: sorted keys, no spaces, no escapes beyond what JSON needs."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def words(enum: type[StrEnum]) -> Enum:
    """A column that holds a member of `enum` as the word that exports show."""
    return Enum(enum, native_enum=False, create_constraint=False, length=40, values_callable=_values)


def _values(enum: type[StrEnum]) -> list[str]:
    return [member.value for member in enum]


BigId = BigInteger().with_variant(Integer, "sqlite")
FlexibleJSON = JSON().with_variant(JSONB(), "postgresql")

Id = Annotated[int, mapped_column(BigId, primary_key=True)]
Sha256 = Annotated[str, mapped_column(String(64))]
Slug = Annotated[str, mapped_column(String(80))]
RegionCode = Annotated[str, mapped_column(String(13), ForeignKey("regions.code"))]
CreatedAt = Annotated[datetime, mapped_column(UTCDateTime, default=now)]


class Base(DeclarativeBase):
    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name and form
        datetime: UTCDateTime,
        dict[str, Any]: FlexibleJSON,
        list[dict[str, Any]]: FlexibleJSON,
        list[str]: FlexibleJSON,
    }
