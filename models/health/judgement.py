"""What is wrong with a source, in words: what, since when, and how to mend it. Pure: the same facts, the same words."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from models.crawl import RunState
from models.health.barriers import find_barriers
from models.health.baseline import find_silence, usual_now
from models.health.drift import find_drift
from models.health.facts import SourceFacts
from models.health.findings import Finding, clock, number
from models.health.states import ALARMING, ORDER, HealthState
from models.source import NEVER, SourceKind

FAILED_POLLS = 3
"""Polls of one list that fail in a row."""
LATE_FACTOR = 2
"""Cadences that may pass after a source was due."""
SHORTEST_DELAY = timedelta(hours=1)
YOUNG = timedelta(days=1)
FLOOD = 3
"""Times as much as on the busiest of 28 days."""
LEAST_FLOOD = 50


@dataclass(frozen=True)
class Health:
    """The worst that is to be said, and all the rest of it."""

    state: HealthState
    message: str
    mend: str = ""
    findings: tuple[Finding, ...] = ()
    """All that is wrong, the worst first."""
    unjudged: frozenset[HealthState] = frozenset()
    """What cannot be told now, because something else stands before it."""
    usual: float | None = None
    """New items that 24 hours usually bring, where its past tells."""


def judge(facts: SourceFacts) -> Health:
    """The one place that says how a source is doing."""
    if not facts.source.is_enabled:
        return Health(HealthState.DISABLED, "sumber dimatikan")
    if facts.source.kind is SourceKind.IMPORT:
        return Health(HealthState.HEALTHY, "diisi oleh impor, tidak dirayapi")
    if facts.last_run is None:
        return Health(HealthState.NEVER_RUN, "belum pernah dirayapi", f"netra crawl {facts.source.slug}")
    findings = sorted(_find_all(facts), key=lambda finding: ORDER[finding.state])
    unjudged = _unjudged(findings)
    findings = tuple(finding for finding in findings if finding.state not in unjudged)
    usual = _usual(facts)
    if findings:
        return Health(findings[0].state, findings[0].message, findings[0].mend, findings, unjudged, usual)
    if facts.last_run.state is RunState.RUNNING:
        return Health(HealthState.RUNNING, f"sedang dirayapi sejak {clock(facts.last_run.started_at)}", usual=usual)
    return Health(HealthState.HEALTHY, _say_healthy(facts, usual), usual=usual)


def _find_all(facts: SourceFacts) -> Iterator[Finding]:
    yield from find_barriers(facts)
    for find in FINDERS:
        if finding := find(facts):
            yield finding


def _unjudged(findings: list[Finding]) -> frozenset[HealthState]:
    """Whoever is not read, or not let in, cannot be called silent or badly read."""
    found = {finding.state for finding in findings}
    if HealthState.LATE in found:
        return frozenset(ALARMING) - {HealthState.LATE, HealthState.FAILING}
    if found & {HealthState.BLOCKED, HealthState.FAILING}:
        return frozenset({HealthState.SILENT, HealthState.DRIFTED})
    return frozenset()


def _failed_run(facts: SourceFacts) -> Finding | None:
    last, good = facts.last_ended, facts.last_good
    if last is None or last.state is RunState.FINISHED:
        return None
    has_rested = facts.at - (last.finished_at or last.started_at) > timedelta(minutes=facts.source.cadence_minutes)
    if last.state is RunState.INTERRUPTED and not has_rested:  # The next one goes on where it stopped.
        return None
    since = f"; berhasil terakhir {clock(good.started_at)}" if good else "; belum pernah berhasil"
    message = f"perayapan terakhir {last.state}: {last.reason}{since}"
    return Finding(HealthState.FAILING, message, f"lihat sebabnya: netra sources check {facts.source.slug}")


def _failing_list(facts: SourceFacts) -> Finding | None:
    failing = [feed for feed in facts.feeds if feed.failures >= FAILED_POLLS]
    if not failing:
        return None
    feed = max(failing, key=lambda one: one.failures)
    more = f" (dan {len(failing) - 1} kanal lain)" if len(failing) > 1 else ""
    since = f"; memberi halaman baru terakhir {clock(feed.last_new_at)}" if feed.last_new_at else ""
    message = f"kanal {feed.url} gagal {feed.failures} kali berturut-turut{more}{since}"
    return Finding(HealthState.FAILING, message, f"coba kanalnya: netra sources check {facts.source.slug}")


def _late(facts: SourceFacts) -> Finding | None:
    """Overdue by the lists' own plan, or by the cadence where there is none."""
    last = facts.last_run
    if last is None or last.state is RunState.RUNNING:
        return None
    cadence = timedelta(minutes=facts.source.cadence_minutes)
    planned = [feed.next_poll_at for feed in facts.feeds if feed.next_poll_at and feed.next_poll_at < NEVER]
    soonest = [last.started_at + cadence, min(planned, default=last.started_at)]
    if facts.schedule and facts.schedule.not_before:
        soonest.append(facts.schedule.not_before)
    late = facts.at - max(soonest)
    if late <= max(LATE_FACTOR * cadence, SHORTEST_DELAY):
        return None
    hours = (facts.at - last.started_at).total_seconds() / 3600
    message = f"terakhir dirayapi {hours:.0f} jam lalu, padahal tiap {facts.source.cadence_minutes} menit"
    return Finding(HealthState.LATE, message, "jalankan penjadwal (netra schedule) atau periksa cron")


def _silent(facts: SourceFacts) -> Finding | None:
    count = facts.stored
    silence = find_silence(facts.counts, facts.today, count, facts.rhythm)
    if silence:
        stretch = "24 jam" if silence.days == 1 else f"{silence.days} hari"
        return _silence(facts, f"{silence.count} konten baru dalam {stretch}, biasanya {number(silence.usual)}")
    if _is_unmended(facts):
        return _silence(facts, "belum ada konten baru sejak alarm dibuka")
    least = facts.source.expected_min_per_day
    if facts.rhythm or facts.at - facts.source.created_at < YOUNG or count >= least:
        return None
    return _silence(facts, f"{count} konten baru dalam 24 jam, diharapkan {least}")


def _is_unmended(facts: SourceFacts) -> bool:
    """A silence that became its own past is still one: only a new item ends it."""
    opened = [alarm.opened_at for alarm in facts.alarms if alarm.kind is HealthState.SILENT]
    return bool(opened) and (facts.last_stored_at is None or facts.last_stored_at <= opened[0])


def _silence(facts: SourceFacts, message: str) -> Finding:
    since = f"; sunyi sejak {clock(facts.last_stored_at)}" if facts.last_stored_at else "; belum pernah memberi konten"
    share = facts.unchanged_share
    same = "; semua kanal menjawab 304" if share == 1 else ""
    mend = f"bandingkan dengan situsnya: netra sources check {facts.source.slug}; bila memang jarang terbit, ubah berkasnya"
    return Finding(HealthState.SILENT, f"{message}{since}{same}", mend)


def _flooding(facts: SourceFacts) -> Finding | None:
    most = facts.source.expected_max_per_day or 0
    busiest = facts.rhythm.busiest if facts.rhythm else most
    is_young = facts.at - facts.source.created_at < 2 * YOUNG
    if is_young or not busiest or facts.stored <= max(FLOOD * busiest, most, LEAST_FLOOD):
        return None
    message = f"{number(facts.stored)} konten baru dalam 24 jam, terbanyak sebelumnya {number(busiest)}"
    return Finding(HealthState.FLOODING, message, "pengisian hari lampau? bila bukan, periksa tautan kanalnya")


def _usual(facts: SourceFacts) -> float | None:
    return usual_now(facts.rhythm, facts.today) if facts.rhythm else None


def _say_healthy(facts: SourceFacts, usual: float | None) -> str:
    least, beside = facts.source.expected_min_per_day, "" if usual is None else f", biasanya {number(usual)}"
    is_promised_more = usual is not None and facts.stored < least
    file = f"; berkas mengharapkan {least}: sesuaikan expected_min_per_day" if is_promised_more else ""
    return f"{facts.stored} konten baru dalam 24 jam{beside}{file}"


FINDERS: tuple[Callable[[SourceFacts], Finding | None], ...] = (
    _failed_run,
    _failing_list,
    _silent,
    _late,
    find_drift,
    _flooding,
)
