"""How often each job comes round here: the catalogue, as far as the operator does not say otherwise."""

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from models.settings import Settings
from netra.jobs.catalogue import CATALOGUE
from netra.jobs.errors import JobError
from netra.jobs.job import Job

LONGEST_MINUTES = 366 * 24 * 60


def list_jobs(settings: Settings) -> list[Job]:
    """All jobs with the rhythm of this house. Raises JobError where the setting cannot be read."""
    minutes = read_minutes(settings.jobs_every, [job.name for job in CATALOGUE])
    return [replace(job, every=minutes.get(job.name, job.every)) for job in CATALOGUE]


def get_job(settings: Settings, name: str) -> Job:
    jobs = {job.name: job for job in list_jobs(settings)}
    if name not in jobs:
        raise JobError(f"there is no job {name[:80]!r}. Jobs: {', '.join(jobs)}.")
    return jobs[name]


def read_minutes(setting: str, names: Collection[str]) -> dict[str, timedelta]:
    """The operator's own rhythm, written as `job=minutes, job=minutes`; 0 is never. Raises JobError.

    >>> read_minutes("digest=10, draw=10080", ["digest", "draw"])
    {'digest': datetime.timedelta(seconds=600), 'draw': datetime.timedelta(days=7)}
    """
    found = dict[str, timedelta]()
    for part in filter(str.strip, setting.split(",")):
        name, _, number = (piece.strip() for piece in part.partition("="))
        if name not in names:
            raise JobError(f"NETRA_JOBS_EVERY names no job of ours: {name[:80]!r}. See them: netra jobs list")
        if not number.isdecimal() or int(number) > LONGEST_MINUTES:
            raise JobError(f"NETRA_JOBS_EVERY gives {name} {number[:20]!r} minutes. Give 1 to {LONGEST_MINUTES}, or 0 for never.")
        found[name] = timedelta(minutes=int(number))
    return found
