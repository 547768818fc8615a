"""What each process may do with each table on PostgreSQL: the least that its work needs (tests/netra/test_roles_sql.py).

A table that nobody names here belongs to the review room, so a new one works there, and the others ask for it by name.
"""

from dataclasses import dataclass, field

OWNER, SERVICE, WORKER, CRAWLER, SCORER, READER = (
    *("netra_owner", "netra_service", "netra_worker"),
    *("netra_crawler", "netra_scorer", "netra_reader"),
)

APPEND_ONLY = frozenset(
    {
        *("audit_events", "assessments", "exports", "recall_estimates", "public_figures"),
        *("case_answers", "case_statuses", "case_referrals", "follow_ups"),
    }
)
"""The tables refuse changes by trigger too; these roles may not even ask."""
LAW = frozenset({"rule_sets", "violation_types", "elections", "election_phases", "regions", "region_aliases"})
"""Loaded by `netra db upgrade`."""
VERSION = frozenset({"alembic_version"})
JOBS = frozenset({"job_turns", "job_runs"})
SECRET = frozenset(
    {
        *("user_sessions", "api_tokens", "second_factors", "recovery_codes", "user_identities", "sign_in_failures"),
        *("webhooks", "webhook_deliveries", "answered_requests", "origins", "tips", "corrections", "alert_subscriptions"),
    }
)
"""Keys, contacts, and what was sent under them."""
READABLE_COLUMNS = {"users": ("id", "username", "name", "is_active", "is_demo", "created_at")}
"""Where the reader may not see a whole table."""


@dataclass(frozen=True)
class Grants:
    """What one role may do, by table; `update_columns` where it may change no more than some columns."""

    select: frozenset[str]
    insert: frozenset[str] = frozenset()
    update: frozenset[str] = frozenset()
    delete: frozenset[str] = frozenset()
    update_columns: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])


PLAN = frozenset({"crawl_runs", "frontier_urls", "list_urls", "feeds", "connector_cursors", "quotas_spent", "robots_files"})
HEALTH = frozenset({"host_claims", "source_schedules", "source_days", "source_day_causes"})
SKETCHES = frozenset({"clusters", "cluster_members", "overlaps", "item_sketches", "sketch_keys"})
TEXTS = frozenset({"items", "item_versions", "snapshots", "version_parts", "post_records"})
CRAWLED = PLAN | HEALTH | SKETCHES | TEXTS | JOBS | {"sources", "source_alarms", "quarantined_pages"}

LEARNED = frozenset({"artifacts", "predictions", "shadow_scores"})
SCORED = LEARNED | JOBS | {"flags", "flag_words", "flag_tallies"}

_CRAWLER = Grants(
    select=CRAWLED | VERSION | {"fetch_events", "audit_events", "flags", "regions", "region_aliases", "legal_holds", "tips"},
    insert=CRAWLED | {"fetch_events", "audit_events", "flag_changes"},
    update=CRAWLED,
    delete=SKETCHES | {"job_runs"},
    update_columns={"flags": ("cluster_id",)},  # A trigger lets a flag follow its text into another cluster.
)
_SCORER = Grants(
    select=SCORED
    | VERSION
    | LAW
    | TEXTS
    | {"sources", "clusters", "cluster_members", "flag_changes", "audit_events", "queue_settings", "queue_generations"}
    | {"leases", "assessments", "golden_items"},
    insert=SCORED | {"flag_changes", "audit_events", "queue_generations"},
    update=SCORED,
    delete=frozenset({"flag_changes", "flag_tallies", "job_runs"}),
    update_columns={
        "item_versions": ("scored_by_id", "scoring_until"),
        "items": ("last_seen_at",),  # To lock a row, PostgreSQL asks for the right to change something in it.
        "flag_changes": ("sign",),
    },
)

UNTOUCHED_BY_SERVICE = (
    LAW | PLAN | HEALTH | LEARNED | JOBS | VERSION | {"roles", "fetch_events", "training_texts", "audit_draws", "time_stamps"}
)
DELETED_BY_SERVICE = frozenset(
    {
        *("case_clocks", "case_stages", "saved_searches", "flag_skips", "answered_requests", "tip_hours", "alert_reads"),
        *("sign_in_failures", "second_factors", "recovery_codes", "user_roles", "user_identities"),
        *("flag_changes", "flag_tallies", "flag_words", *SKETCHES),
        # With an item whose person asked for it:
        *("post_records", "frontier_urls", "quarantined_pages", "fetch_events", "training_texts"),
    }
)
ERASED_BY_SERVICE = {"predictions": ("evidence",)}
"""Words that go with a text, in a table that the service changes in nothing else."""


def grants_of(tables: frozenset[str]) -> dict[str, Grants]:
    """The grants of every role over these tables, which are all that there are."""
    written = tables - UNTOUCHED_BY_SERVICE
    service = Grants(tables, written, written - APPEND_ONLY, DELETED_BY_SERVICE & tables, ERASED_BY_SERVICE)
    worker = Grants(tables, written | JOBS, (written | JOBS) - APPEND_ONLY, service.delete | {"job_runs"}, service.update_columns)
    reader = Grants(tables - SECRET - READABLE_COLUMNS.keys())
    return {SERVICE: service, WORKER: worker, CRAWLER: _CRAWLER, SCORER: _SCORER, READER: reader}
