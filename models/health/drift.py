"""Whether pages are read worse than they were: quality, dates and names against the source's own past."""

from models.crawl import FetchCause
from models.health.facts import SourceFacts, Totals
from models.health.findings import Finding, number, share
from models.health.states import HealthState

LEAST_RECENT, LEAST_BEFORE = 20, 60
"""Articles; with fewer, chance alone may do it."""
SMALLEST_DROP = 0.1
DEVIATIONS = 3
MISSING = 0.3
"""A further part of articles without a date, a name or a title."""
READER_ERRORS = 3
PARTS = {"undated": "tanpa tanggal", "unsigned": "tanpa penulis", "untitled": "tanpa judul"}


def find_drift(facts: SourceFacts) -> Finding | None:
    """The first of: our reader breaks, quality fell, something is missing that was there."""
    slug = facts.source.slug
    if (errors := facts.causes[FetchCause.READER]) >= READER_ERRORS:
        message = f"pembaca kami gagal pada {number(errors)} halaman dalam 24 jam"
        return Finding(HealthState.DRIFTED, message, f"netra quarantine list --source {slug}")
    if message := _fallen(facts.totals) or _missing(facts.totals):
        mend = f"tata letaknya mungkin berganti; bandingkan: netra crawl --replay {slug} --dry-run"
        return Finding(HealthState.DRIFTED, message, mend)
    return None


def _fallen(totals: Totals) -> str | None:
    recent, before = totals.recent, totals.before
    if recent.rated < LEAST_RECENT or before.rated < LEAST_BEFORE:
        return None
    now, usual = recent.quality / recent.rated, before.quality / before.rated
    if usual - now <= max(SMALLEST_DROP, DEVIATIONS * totals.spread):
        return None
    return f"mutu bacaan {number(now * 100)} dari 100 dalam tiga hari, biasanya {number(usual * 100)}"


def _missing(totals: Totals) -> str | None:
    recent, before = totals.recent, totals.before
    if recent.articles < LEAST_RECENT or before.articles < LEAST_BEFORE:
        return None
    for name, words in PARTS.items():
        now, usual = getattr(recent, name) / recent.articles, getattr(before, name) / before.articles
        if now - usual >= MISSING:
            return f"{share(now)} artikel {words} dalam tiga hari, biasanya {share(usual)}"
    return None
