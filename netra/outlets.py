"""The catalogue for people and machines: choosing sources, their health, and findings as plain rows."""

import difflib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crawler.catalogue import SourceFile, read_source_files
from models import SourceKind
from models.database import make_reading_session
from models.health.facts import SourceFacts
from models.health.judgement import judge
from models.health.reading import read_facts
from models.settings import Settings
from netra.console import fail
from netra.crawls.crawling import sync_catalogue
from netra.workplace import open_database

if TYPE_CHECKING:
    from crawler.discovery.checking import FeedCheck
    from crawler.discovery.proposal import Exploration
    from crawler.items import FetchedArticle

FIRST_PARAGRAPHS = 3


@dataclass(frozen=True)
class Wish:
    """Which sources somebody wants to see; an empty field wants any."""

    names: tuple[str, ...] = ()
    region: str = ""
    kind: SourceKind | None = None
    family: str = ""
    confidence: str = ""
    """Letters, with or without commas."""

    def fits(self, file: SourceFile) -> bool:
        place = file.region or ""
        return (
            file.slug in (self.names or (file.slug,))
            and self.region in ("", place, place.split(".")[0])
            and self.kind in (None, file.kind)
            and self.family in ("", file.family)
            and (not self.confidence or file.confidence in self.confidence.upper())
        )


def choose_sources(wish: Wish) -> dict[str, SourceFile]:
    """The sources that fit; ends the program with near names where one is unknown."""
    files = read_source_files(Settings().sources_dir)
    for name in wish.names:
        if name not in files:
            near = difflib.get_close_matches(name, files, n=5, cutoff=0.4) or list(files)[:5]
            fail(f"there is no source {name!r}.", f"Sources: {', '.join(near)}; `netra sources list` shows all {len(files)}.")
    return {slug: file for slug, file in files.items() if wish.fits(file)}


def read_health(files: dict[str, SourceFile]) -> list[dict[str, Any]]:
    """The catalogue in the database brought to what the files say, then these sources with their health."""
    settings = Settings()
    engine = open_database(settings)
    sync_catalogue(settings, engine)
    with make_reading_session(engine)() as session:
        found = {facts.source.slug: facts for facts in read_facts(session)}
    return [_row_of_health(found[slug], files[slug]) for slug in sorted(files)]


def _row_of_health(facts: SourceFacts, file: SourceFile) -> dict[str, Any]:
    health = judge(facts)
    said = {key: str(getattr(facts.source, key)) for key in ("slug", "name", "kind", "rights")}
    also = {key: getattr(file, key) for key in ("region", "family", "confidence", "last_worked_on")}
    return {**said, **also, "state": str(health.state), "message": health.message, "mend": health.mend} | {
        "last_stored_at": facts.last_stored_at,
        "stored_24h": facts.stored,
        "usual_24h": health.usual,
        "expected_min_per_day": facts.source.expected_min_per_day,
        "unchanged_share": facts.unchanged_share,
        "counts_24h": {str(outcome): count for outcome, count in facts.outcomes.items()},
        "causes_24h": {str(cause): count for cause, count in facts.causes.most_common()},
        "findings": [{"state": str(one.state), "message": one.message, "mend": one.mend} for one in health.findings],
        "alarms": [{"id": one.id, "kind": str(one.kind), "opened_at": one.opened_at} for one in facts.alarms],
        "quarantined": facts.waiting,
    }


def lines_of_health(row: dict[str, Any]) -> dict[str, str]:
    """The cells of `netra sources list --health`."""
    usual = "" if row["usual_24h"] is None else f" / {row['usual_24h']:.1f}"
    at, share = row["last_stored_at"], row["unchanged_share"]
    return {
        "slug": row["slug"],
        "state": row["state"],
        "message": row["message"],
        "last item": f"{at:%Y-%m-%d %H:%M}" if at else "",
        "24 h": f"{row['stored_24h']}{usual}",
        "304": "" if share is None else f"{share:.0%}",
        "causes": ", ".join(f"{cause} {count}" for cause, count in row["causes_24h"].items()),
        "alarm": ", ".join(f"{one['kind']} since {one['opened_at']:%Y-%m-%d}" for one in row["alarms"]),
    }


def write_source(path: Path, text: str) -> None:
    """Only where no file is."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError:
        fail(f"{path} exists already; nothing was written.", "Choose another name: --name")


def row_of_check(check: "FeedCheck") -> dict[str, Any]:
    finding = check.finding
    said = {"source": check.source, "feed": check.feed, "code": finding.code, "is_sound": finding.is_sound}
    return {**said, "words": finding.words, "entries": len(finding.pages), "newest_at": finding.newest_at}


def row_of_exploration(found: "Exploration", known: list[str]) -> dict[str, Any]:
    tried = [
        {"kind": feed.kind, "url": feed.url, "code": finding.code, "is_sound": finding.is_sound, "words": finding.words}
        for feed, finding in found.tried
    ]
    article = found.article and {
        key: getattr(found.article, key) for key in ("title", "published_at", "author", "text", "method", "quality")
    }
    said = {"slug": found.slug, "works": found.works, "already_read_by": known, "tried": tried, "article": article}
    return {**said, "article_trouble": found.article_trouble, "entry": found.entry, "yaml": found.text}


def lines_of_exploration(found: "Exploration", known: list[str]) -> list[str]:
    """What was tried, one article as it would be stored, and the file."""
    lines = [
        f"{'works' if finding.is_sound else '-':>6}  {feed.kind} {feed.url}: {finding.words}" for feed, finding in found.tried
    ]
    if known:
        lines.append(f"        already read by {', '.join(known)}")
    if found.article:
        lines += ["", *_lines_of_article(found.article)]
    elif found.article_trouble:
        lines += ["", f"no article was read: {found.article_trouble}"]
    return [*lines, "", f"# {found.slug}.yml", found.text]


def _lines_of_article(article: "FetchedArticle") -> list[str]:
    when = f"{article.published_at:%Y-%m-%d %H:%M} {article.published_zone}" if article.published_at else "no date found"
    doubts = f" ({'; '.join(article.quality_reasons)})" if article.quality_reasons else ""
    words = f"{len(article.text.split())} words, read by {article.method}, language {article.language or '?'}"
    first = article.text.split("\n\n")[:FIRST_PARAGRAPHS]
    return [
        article.title,
        f"{when} | {article.author or 'no author found'}",
        *first,
        f"[{words}, quality {article.quality}{doubts}]",
    ]
