"""The cases as docs/hostile-web.md shows them: `python -m tests.crawler.hostile.table` prints the table."""

from tests.crawler.hostile.cases import Case
from tests.crawler.hostile.hosts import GUARDED
from tests.crawler.hostile.world import CASES

HEAD = "| What the server does | Outcome | Cause | Words in the reason |\n|---|---|---|---|\n"


def make_table() -> str:
    return HEAD + "".join(_row(case) for case in [*CASES, *GUARDED])


def _row(case: Case) -> str:
    what = case.what[0].upper() + case.what[1:]
    return f"| {what} | {case.outcome} | {case.cause or '–'} | {case.says or '–'} |\n"


if __name__ == "__main__":
    print(make_table(), end="")
