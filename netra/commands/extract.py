"""`netra extract`: pages to articles, without a database."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from netra.console import INCOMPLETE, JsonOption, err, open_lines, print_json, progress_bar

LONGEST_LINE = 32 * 1024 * 1024
"""Characters; a longer line is answered with the reason and read no further."""
WORDS = ("title", "text", "author", "editor", "section", "site", "language", "method")
"""What is an empty text where the page does not say it."""
LISTS = ("tags", "captions", "quality_reasons")


def extract(
    source: Annotated[Path, typer.Option("--input", help="JSON lines with id, html and, if known, url; - for standard input.")],
    target: Annotated[Path, typer.Option("--output", help="Where the JSON lines go; - for standard output.")],
    as_json: JsonOption = False,
) -> None:
    """Read pages into articles, line by line, without a database, in the order in which they came.

    Writes id, title, text, published_at (ISO 8601 with zone, or null), author, editor, section, tags, captions, site,
    region (Kemendagri code, or null), language, quality (0 to 1, with quality_reasons) and method. A page that holds
    no article keeps its line, with an empty text and the reason under `error`; the exit code is then 1. `--json`
    prints how many pages were read by which method.

    Example: `netra extract --input pages.jsonl --output articles.jsonl`
    """
    counts = Counter[str]()
    with open_lines(source, "r") as lines, open_lines(target, "w") as output, progress_bar() as progress:
        task = progress.add_task("Reading pages", total=None)
        for result in _extract_lines(lines):
            counts["refused" if "error" in result else result["method"]] += 1
            output.write(json.dumps(result, ensure_ascii=False) + "\n")
            progress.advance(task)
    if as_json and str(target) != "-":
        print_json({"pages": counts.total(), "refused": counts.pop("refused", 0), "methods": dict(counts)})
    elif not counts:
        err.print(f"{source} holds no line; nothing was written", markup=False)
    if failures := counts["refused"]:
        err.print(f"{failures} lines hold no article; see `error` in their output")
        raise typer.Exit(INCOMPLETE)


def _extract_lines(lines: IO[str]) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(_bounded(lines), start=1):
        if line and not line.strip():
            continue
        page = _read_page(line) if line else None
        if page is None:
            yield _empty(None, f"line {number} is no JSON object with the text of a page under `html`")
        else:
            yield _extract_page(page)


def _bounded(lines: IO[str]) -> Iterator[str]:
    """Lines one by one; an empty text stands for one that is too long."""
    while line := lines.readline(LONGEST_LINE + 1):
        is_whole = len(line) <= LONGEST_LINE
        rest = line
        while len(rest) > LONGEST_LINE and not rest.endswith("\n"):
            rest = lines.readline(LONGEST_LINE + 1)
        yield line if is_whole else ""


def _extract_page(page: dict[str, Any]) -> dict[str, Any]:
    from crawler.errors import NotAnArticle
    from crawler.pages import extract as read
    from crawler.regions import guess_region

    try:
        article = read(page["html"], str(page.get("url") or ""))
    except NotAnArticle as error:
        return _empty(page.get("id"), error.reason)
    return {
        "id": page.get("id"),
        **{name: getattr(article, name) for name in WORDS},
        **{name: list(getattr(article, name)) for name in LISTS},
        "published_at": article.published_at.isoformat() if article.published_at else None,
        "region": guess_region(article.text, article.title).code,
        "quality": article.quality,
    }


def _read_page(line: str) -> dict[str, Any] | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return page if isinstance(page, dict) and isinstance(page.get("html"), str) else None


def _empty(identity: object, reason: str) -> dict[str, Any]:
    words: dict[str, Any] = dict.fromkeys(WORDS, "")
    lists = {name: list[str]() for name in LISTS}
    return {"id": identity, **words, **lists, "published_at": None, "region": None, "quality": None, "error": reason}
