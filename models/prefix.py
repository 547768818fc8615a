"""A region and those that lie within it, as each engine finds them by its index."""

from typing import Any

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class lies_within(FunctionElement[bool]):
    """Whether the code in a column is a given one, or begins with it and a dot.

    SQLite compares texts byte by byte, so a range says the same as LIKE and is read from an index, in which a region
    without rows costs nothing. PostgreSQL may sort by a language, where a range would say something else.
    """

    inherit_cache = True
    name = "lies_within"
    type = Boolean()

    def __init__(self, column: Any, code: str) -> None:
        escaped = code.replace("/", "//").replace("%", "/%").replace("_", "/_")
        super().__init__(column, code, f"{code}/", f"{escaped}.%")  # A slash comes right after a dot.

    def self_group(self, against: Any = None) -> "lies_within":
        """Stand alone: SQLite has no booleans, and "= 1" around a range would hide it from the index."""
        return self


@compiles(lies_within)
def _by_pattern(element: lies_within, compiler: SQLCompiler, **options: Any) -> str:
    column, code, _end, pattern = element.clauses
    name = compiler.process(column, **options)
    same = f"{name} = {compiler.process(code, **options)}"
    return f"({same} OR {name} LIKE {compiler.process(pattern, **options)} ESCAPE '/')"


@compiles(lies_within, "sqlite")
def _by_range(element: lies_within, compiler: SQLCompiler, **options: Any) -> str:
    column, code, end, _pattern = element.clauses
    name = compiler.process(column, **options)
    return f"({name} >= {compiler.process(code, **options)} AND {name} < {compiler.process(end, **options)})"
