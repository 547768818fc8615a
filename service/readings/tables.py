"""The figures of the quality page as rows of one table."""

from collections.abc import Iterator

from service.language import Language
from service.readings.quality import GoldenLine, Line, Quality

HEAD = ("tabel", "nama", "bacaan", "sama", "bagian_sama", "bagian_dari", "bagian_sampai", "kappa", "kappa_dari", "kappa_sampai")

Row = tuple[object, ...]


def list_rows(quality: Quality, language: Language) -> Iterator[Row]:
    for table in ("groups", "questions", "outcomes", "pairs", "people"):
        yield from (_row(table, line, language) for line in getattr(quality, table))
    yield from (_golden_row(line, language) for line in quality.golden)


def name_of(table: str, line: Line, language: Language) -> str:
    """What a line is about, in words; people are named as they are."""
    prefix = {"groups": "mutu.kelompok", "questions": "nilai", "outcomes": "hasil"}.get(table)
    return language(f"{prefix}.{line.names[0]}") if prefix else " – ".join(line.names)


def _row(table: str, line: Line, language: Language) -> Row:
    raw, kappa = line.agreement.raw, (line.agreement.kappa, line.agreement.low, line.agreement.high)
    figures = (raw.total, raw.count, _round(raw.value), _round(raw.low), _round(raw.high), *map(_round, kappa))
    return language(f"mutu.{table}"), name_of(table, line, language), *figures


def _golden_row(line: GoldenLine, language: Language) -> Row:
    right = line.right
    figures = (right.total, right.count, _round(right.value), _round(right.low), _round(right.high), None, None, None)
    return language("mutu.golden"), line.name, *figures


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
