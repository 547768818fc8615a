"""`netra extract`: pages to articles, without a database."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Annotated, Any

import typer

from netra.console import INCOMPLETE, err, open_lines, progress_bar


def extract(
    source: Annotated[Path, typer.Option("--input", help="JSON lines with id, html and, if known, url; - for standard input.")],
    target: Annotated[Path, typer.Option("--output", help="Where the JSON lines go; - for standard output.")],
) -> None:
    """Read pages into articles, line by line, without a database.

    Writes id, title, text, published_at (ISO 8601 with zone, or null), author, language, method. A page that holds
    no article keeps its line, with an empty text and the reason under `error`; the exit code is then 1.

    Example: `netra extract --input pages.jsonl --output articles.jsonl`
    """
    failures = 0
    with open_lines(source, "r") as lines, open_lines(target, "w") as output, progress_bar() as progress:
        task = progress.add_task("Reading pages", total=None)
        for result in _extract_lines(lines):
            failures += "error" in result
            output.write(json.dumps(result, ensure_ascii=False) + "\n")
            progress.advance(task)
    if failures:
        err.print(f"{failures} lines hold no article; see `error` in their output")
        raise typer.Exit(INCOMPLETE)


def _extract_lines(lines: IO[str]) -> Iterator[dict[str, Any]]:
    from crawler.errors import NotAnArticle
    from crawler.pages import extract as read

    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        page = _read_page(line)
        if page is None:
            yield _empty(None, f"line {number} is no JSON object with the text of a page under `html`")
            continue
        try:
            article = read(page["html"], str(page.get("url") or ""))
        except NotAnArticle as error:
            yield _empty(page.get("id"), error.reason)
        else:
            yield {
                "id": page.get("id"),
                "title": article.title,
                "text": article.text,
                "published_at": article.published_at.isoformat() if article.published_at else None,
                "author": article.author,
                "language": article.language,
                "method": article.method,
            }


def _read_page(line: str) -> dict[str, Any] | None:
    try:
        page = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return page if isinstance(page, dict) and isinstance(page.get("html"), str) else None


def _empty(identity: object, reason: str) -> dict[str, Any]:
    blank = {"title": "", "text": "", "published_at": None, "author": "", "language": "", "method": ""}
    return {"id": identity, **blank, "error": reason}
