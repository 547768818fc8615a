"""Whether an outlet keeps us out: openly, by robots.txt and refusals, or softly, by pages that are none."""

from collections.abc import Iterator

from models.crawl import FetchCause, FetchOutcome
from models.health.facts import SourceFacts
from models.health.findings import Finding, clock, number, share
from models.health.states import HealthState

LEAST_PAGES = 5
"""Of one cause in 24 hours: fewer say nothing."""
OPEN_SHARE = 0.5
SOFT_SHARE, SOFT_GROWTH = 0.2, 3
"""So large a part of all pages, and so many times as large as in the 28 days before."""
ALL_REFUSED = 10
READ = (FetchOutcome.STORED, FetchOutcome.CHANGED, FetchOutcome.UNCHANGED)
ASK = "minta izin kepada penerbitnya, atau matikan sumber ini dalam berkasnya"
OPEN = {
    FetchCause.ROBOTS: ("robots.txt melarang", ASK),
    FetchCause.HTTP_CLIENT: ("situs menolak kami (HTTP 4xx)", ASK),
    FetchCause.RATE_LIMIT: ("situs minta jeda (429)", "perbesar delay_seconds atau cadence_minutes dalam berkas sumber"),
}
SOFT = {
    FetchCause.CAPTCHA: ("halaman pemeriksaan robot (captcha)", ASK),
    FetchCause.WALL: ("dinding kuki, masuk, atau langganan", ASK),
    FetchCause.EMPTY: ("halaman kosong", "lihat salinannya: netra quarantine list"),
    FetchCause.LANGUAGE: ("halaman berbahasa lain", "periksa alamat kanal; mungkin situs berganti pemilik"),
}


def find_barriers(facts: SourceFacts) -> Iterator[Finding]:
    """What keeps us out, each with the part of all pages that it takes."""
    if finding := _forbidden(facts):
        yield finding
        return
    for cause, (words, mend) in OPEN.items():
        count = facts.causes[cause]
        if count >= LEAST_PAGES and count >= OPEN_SHARE * facts.pages:
            yield _say(facts, words, count, mend)
    for cause, (words, mend) in SOFT.items():
        if _is_sudden(facts, cause):
            yield _say(facts, words, facts.causes[cause], mend)
    refused = facts.outcomes[FetchOutcome.REFUSED]
    if refused >= ALL_REFUSED and not any(facts.outcomes[outcome] for outcome in READ):
        mend = f"lihat yang ditolak: netra quarantine list --source {facts.source.slug}"
        yield Finding(HealthState.BLOCKED, f"semua {number(refused)} halaman dalam 24 jam ditolak, tidak satu pun terbaca", mend)


def _forbidden(facts: SourceFacts) -> Finding | None:
    """robots.txt forbids the home page, or every list."""
    forbidden = {url for file in facts.robots for url in file.forbidden}
    lists = {feed.url for feed in facts.feeds}
    if not forbidden or not (facts.source.home_url in forbidden or (lists and lists <= forbidden)):
        return None
    file = max((file for file in facts.robots if file.forbidden), key=lambda file: file.changed_at)
    return Finding(HealthState.BLOCKED, f"robots.txt di {file.host} melarang kami sejak {clock(file.changed_at)}", ASK)


def _is_sudden(facts: SourceFacts, cause: FetchCause) -> bool:
    """Far more of it than in the source's own past: what was always so is no news."""
    count = facts.causes[cause]
    if count < LEAST_PAGES:
        return False
    before = facts.causes_before[cause] / facts.totals.pages_before if facts.totals.pages_before else 0.0
    return count / max(facts.pages, count) >= max(SOFT_SHARE, SOFT_GROWTH * before)


def _say(facts: SourceFacts, words: str, count: int, mend: str) -> Finding:
    part = share(count / max(facts.pages, count))
    return Finding(
        HealthState.BLOCKED, f"{words}: {number(count)} dari {number(facts.pages)} jawaban dalam 24 jam ({part})", mend
    )
