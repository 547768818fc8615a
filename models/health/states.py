"""What may be said of a source, the worst first."""

from enum import StrEnum


class HealthState(StrEnum):
    """One word an operator acts on. Members stand in the order in which they need somebody."""

    BLOCKED = "diblokir"
    """The outlet keeps us out: robots.txt, refusals, captchas, walls, empty pages."""
    FAILING = "gagal"
    """The last run failed, or a list keeps failing."""
    SILENT = "sunyi"
    """It brings less than its own past, or its file, lets us expect."""
    LATE = "terlambat"
    """Nobody reads it when it is due."""
    DRIFTED = "mutu_turun"
    """Its pages are read worse than they were."""
    FLOODING = "membanjir"
    """It brings far more than it ever did: a trap of links, or pages that are no articles."""
    NEVER_RUN = "belum_pernah"
    RUNNING = "berjalan"
    HEALTHY = "sehat"
    DISABLED = "dimatikan"


ALARMING = (
    HealthState.BLOCKED,
    HealthState.FAILING,
    HealthState.SILENT,
    HealthState.LATE,
    HealthState.DRIFTED,
    HealthState.FLOODING,
)
"""In which a person should look."""
ORDER = {state: number for number, state in enumerate(HealthState)}
