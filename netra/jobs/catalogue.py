"""Every job: what it is called, how often it comes round, how long it may take, and the one function that does it."""

from datetime import timedelta

from models.settings import Settings
from netra.jobs import collecting, reviewing, scoring
from netra.jobs.job import Job

NEVER = timedelta()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def _without_contact(settings: Settings) -> str:
    has_contact = settings.crawl_contact or settings.crawl_proxy or settings.crawl_private_hosts
    return "" if has_contact else "outlets must be able to reach whoever reads them: set NETRA_CRAWL_CONTACT"


def _without_houses(settings: Settings) -> str:
    return "" if settings.interchange_houses else "no other house is named: set NETRA_INTERCHANGE_HOUSES"


def _without_public_page(settings: Settings) -> str:
    return "" if settings.public_statistics else "the house shows no public page: set NETRA_PUBLIC_STATISTICS"


def _without_rules(settings: Settings) -> str:
    """What erases by itself does so under numbers that somebody of the office wrote down."""
    return "" if settings.retention_days else "the office has set no rules: set NETRA_RETENTION_DAYS"


CATALOGUE = (
    Job(
        "crawl",
        "reads every source whose time has come",
        queue="crawl",
        every=MINUTE,
        longest=6 * HOUR,
        work=collecting.crawl,
        stay=collecting.stay_crawling,
        why_off=_without_contact,
    ),
    Job(
        "score",
        "scores new texts and raises flags",
        queue="score",
        every=MINUTE,
        longest=4 * HOUR,  # Two hundred texts, each of which hangs for its minute in a process of its own.
        work=scoring.score,
        stay=scoring.stay_scoring,
        places=4,
    ),
    Job("watch", "judges the health of sources", queue="review", every=5 * MINUTE, longest=5 * MINUTE, work=collecting.watch),
    Job(
        "digest",
        "finds alerts, sends digests and webhooks",
        queue="review",
        every=5 * MINUTE,
        longest=15 * MINUTE,
        work=reviewing.digest,
    ),
    Job(
        "refresh",
        "places in the queue, counts of the dashboard",
        queue="review",
        every=15 * MINUTE,
        longest=30 * MINUTE,
        work=reviewing.refresh,
    ),
    Job(
        "publish",
        "counts public figures of periods that are over",
        queue="review",
        every=DAY,
        longest=15 * MINUTE,
        work=reviewing.publish,
        why_off=_without_public_page,
    ),
    Job(
        "pull",
        "takes in cases of other houses",
        queue="review",
        every=HOUR,
        longest=30 * MINUTE,
        work=reviewing.pull,
        why_off=_without_houses,
    ),
    Job(
        "render",
        "pictures of pages, where a source says so",
        queue="render",
        every=30 * MINUTE,
        longest=2 * HOUR,
        work=collecting.render,
        why_off=_without_contact,
    ),
    Job("draw", "puts unflagged texts before people", queue="train", every=NEVER, longest=HOUR, work=scoring.draw),
    Job("train", "trains a candidate", queue="train", every=NEVER, longest=3 * HOUR, work=scoring.train),
    Job(
        "retention",
        "erases what has had its time",
        queue="retention",
        every=NEVER,
        longest=6 * HOUR,
        work=reviewing.erase,
        why_off=_without_rules,
    ),
)
QUEUES = tuple(dict.fromkeys(job.queue for job in CATALOGUE))
