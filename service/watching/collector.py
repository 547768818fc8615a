"""The figures of the database as Prometheus reads them."""

import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from platform import python_version
from threading import Lock

from prometheus_client.metrics_core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from models import FlagState, now
from models.legal.deadline import local_day
from service.watching import repository
from service.watching.evidence_size import EvidenceSize

CACHE_SECONDS = 15.0
EXPIRED = ("late", "-1")
DAYS_LEFT = (*EXPIRED, "0", "1-2", "3+")
HOURS_LEFT = ("late", "0-24", "24+")


class DatabaseCollector(Collector):
    """Reads at most once in fifteen seconds, whoever asks how often; a database that is away is a figure too."""

    def __init__(
        self, sessions: sessionmaker[Session], evidence_dir: Path, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._sessions = sessions
        self._evidence = EvidenceSize(evidence_dir, clock=clock)
        self._clock = clock
        self._lock = Lock()
        self._kept: tuple[float, list[Metric]] | None = None

    def collect(self) -> list[Metric]:
        with self._lock:
            if self._kept is None or self._clock() - self._kept[0] >= CACHE_SECONDS:
                self._kept = (self._clock(), self._read())
            return self._kept[1]

    def _read(self) -> list[Metric]:
        always = [
            _build(),
            _gauge("netra_evidence_bytes", "Size of the evidence files on this machine.", self._evidence.measure()),
        ]
        try:
            with self._sessions() as session:
                found = list(_families(session))
        except SQLAlchemyError:
            return [*always, _gauge("netra_database_up", "Whether the database answers.", 0)]
        return [*always, _gauge("netra_database_up", "Whether the database answers.", 1), *found]


def _families(session: Session) -> Iterator[Metric]:
    yield from _queue(session)
    yield _clocks(session)
    yield _corrections(session)
    yield from _scoring(session)
    yield from _sources(session)
    yield from _crawls(session)
    yield from _jobs(session)
    yield _backups(session)
    yield _gauge("netra_database_bytes", "Size of the database.", repository.measure_database(session))


def _queue(session: Session) -> Iterator[Metric]:
    at = now()
    groups = repository.list_queue(session, local_day(at, None))
    size = GaugeMetricFamily("netra_queue_flags", "Flags that wait for a person, by state.", labels=["state"])
    age = GaugeMetricFamily(
        "netra_queue_oldest_age_seconds", "Age of the oldest flag that is still in time, by state.", labels=["state"]
    )
    left = GaugeMetricFamily("netra_queue_days_left", "Flags that wait, by calendar days to their last day.", labels=["days"])
    for state in (FlagState.OPEN, FlagState.SECOND, FlagState.DISPUTED):
        mine = [group for group in groups if group.state == state]
        size.add_metric([state], sum(group.count for group in mine))
        ages = [(at - group.oldest_at).total_seconds() for group in mine if group.days_left not in EXPIRED]
        age.add_metric([state], max([0.0, *ages]))
    for days in DAYS_LEFT:
        left.add_metric([days], sum(group.count for group in groups if group.days_left == days))
    yield from (size, age, left)


def _clocks(session: Session) -> Metric:
    counts = repository.count_clocks(session, local_day(now(), None))
    clocks = GaugeMetricFamily(
        "netra_case_clocks", "Unmet legal clocks of running cases, by calendar days to their last day.", labels=["days"]
    )
    for days in DAYS_LEFT:
        clocks.add_metric([days], counts.get(days, 0))
    return clocks


def _corrections(session: Session) -> Metric:
    counts = repository.count_corrections(session, now())
    requests = GaugeMetricFamily(
        "netra_corrections", "Requests for correction without an answer, by hours left of their 3 x 24.", labels=["hours"]
    )
    for hours in HOURS_LEFT:
        requests.add_metric([hours], counts.get(hours, 0))
    return requests


def _scoring(session: Session) -> Iterator[Metric]:
    count, oldest_at = repository.count_unscored(session)
    lag = max((now() - oldest_at).total_seconds(), 0) if oldest_at else 0
    yield _gauge("netra_scoring_unscored_items", "Current texts that no classifier has scored.", count)
    yield _gauge("netra_scoring_lag_seconds", "How long the oldest of them has waited.", lag)
    artifact = repository.live_artifact(session)
    live = InfoMetricFamily("netra_artifact_live", "The classifier that is live; no series where none is.")
    trained = GaugeMetricFamily("netra_artifact_trained_timestamp_seconds", "When the live classifier was trained.")
    if artifact is not None:
        live.add_metric([], {"name": artifact.name, "sha256": artifact.sha256[:12]})
        trained.add_metric([], artifact.trained_at.timestamp())
    yield from (live, trained)


def _sources(session: Session) -> Iterator[Metric]:
    silence = GaugeMetricFamily(
        "netra_source_silence_seconds", "Since the last stored item of a source; 35 days where it is longer.", labels=["source"]
    )
    overdue = GaugeMetricFamily(
        "netra_source_poll_overdue_seconds", "How long the next poll of a source has been due.", labels=["source"]
    )
    state = GaugeMetricFamily("netra_source_state", "1 for the state that a source is in.", labels=["source", "state"])
    for figures in repository.list_source_figures(session, now()):
        silence.add_metric([figures.slug], figures.silent_for.total_seconds())
        overdue.add_metric([figures.slug], figures.overdue_by.total_seconds())
    for slug, word in sorted(repository.list_states(session).items()):
        state.add_metric([slug, word], 1)
    yield from (silence, overdue, state)


def _crawls(session: Session) -> Iterator[Metric]:
    runs = GaugeMetricFamily("netra_crawl_runs_last_day", "Crawl runs started within 24 hours, by state.", labels=["state"])
    events = GaugeMetricFamily(
        "netra_fetch_events_last_day", "Addresses asked within 24 hours, by outcome and cause.", labels=["outcome", "cause"]
    )
    for word, count in sorted(repository.count_runs(session, now()).items()):
        runs.add_metric([str(word)], count)
    for outcome, cause, count in sorted(repository.count_events(session, now())):
        events.add_metric([outcome, cause], count)
    yield from (runs, events)


def _jobs(session: Session) -> Iterator[Metric]:
    success = GaugeMetricFamily(
        "netra_job_last_success_timestamp_seconds",
        "When a job last did its work; no series before its first time.",
        labels=["task"],  # `job` is what Prometheus calls whatever it reads us by.
    )
    failures = GaugeMetricFamily("netra_job_failures", "Runs of a job in a row that failed or died.", labels=["task"])
    for name, figures in sorted(repository.list_jobs(session).items()):
        failures.add_metric([name], figures.failures)
        if figures.succeeded_at is not None:
            success.add_metric([name], figures.succeeded_at.timestamp())
    yield from (success, failures)


def _backups(session: Session) -> Metric:
    last = GaugeMetricFamily("netra_backup_last_timestamp_seconds", "When the last backup was made; no series where none was.")
    made_at = repository.newest_backup(session)
    if made_at is not None:
        last.add_metric([], made_at.timestamp())
    return last


def _build() -> Metric:
    build = InfoMetricFamily("netra_build", "Version of netra and of Python.")
    build.add_metric([], {"version": version("netra"), "python": python_version()})
    return build


def _gauge(name: str, documentation: str, value: float) -> Metric:
    return GaugeMetricFamily(name, documentation, value=value)
