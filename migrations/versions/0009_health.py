"""health of sources: why an address gave nothing, counts by day, alarms, robots.txt, quarantine

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

COUNTS = ("stored", "changed", "unchanged", "lists", "lists_unchanged", "refused", "blocked", "failed")
OF_ARTICLES = ("articles", "undated", "unsigned", "untitled", "rated")


def upgrade() -> None:
    op.add_column("fetch_events", sa.Column("cause", sa.String(40), nullable=False, server_default=""))
    op.drop_index("ix_fetch_events_source_at", table_name="fetch_events")
    op.create_index("ix_fetch_events_source_at", "fetch_events", ["source_id", "at", "outcome", "cause"])
    _create_days()
    _create_alarms()
    _create_robots()
    _create_quarantine()
    _count_what_was()


def downgrade() -> None:
    for table in ("quarantined_pages", "robots_files", "source_alarms", "source_day_causes", "source_days"):
        op.drop_table(table)
    op.drop_index("ix_fetch_events_source_at", table_name="fetch_events")
    op.create_index("ix_fetch_events_source_at", "fetch_events", ["source_id", "at"])
    op.drop_column("fetch_events", "cause")


def _create_days() -> None:
    op.create_table(
        "source_days",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in (*COUNTS, *OF_ARTICLES)),
        sa.Column("quality", sa.Double(), nullable=False),
        sa.Column("last_stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_days_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", "on_day", name=op.f("pk_source_days")),
    )
    op.create_table(
        "source_day_causes",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_day_causes_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", "on_day", "cause", name=op.f("pk_source_day_causes")),
    )


def _create_alarms() -> None:
    op.create_table(
        "source_alarms",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("good_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["acknowledged_by_id"], ["users.id"], name=op.f("fk_source_alarms_acknowledged_by_id_users")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_alarms_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_alarms")),
    )
    op.create_index(op.f("ix_source_alarms_source_id"), "source_alarms", ["source_id"])
    is_open = sa.text("closed_at IS NULL")
    op.create_index(
        "uq_source_alarms_open",
        "source_alarms",
        ["source_id", "kind"],
        unique=True,
        sqlite_where=is_open,
        postgresql_where=is_open,
    )


def _create_robots() -> None:
    op.create_table(
        "robots_files",
        sa.Column("source_id", ID, nullable=False),
        sa.Column("host", sa.String(260), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("is_readable", sa.Boolean(), nullable=False),
        sa.Column("forbidden", JSON, nullable=False),
        sa.Column("crawl_delay", sa.Double(), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_robots_files_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", "host", name=op.f("pk_robots_files")),
    )


def _create_quarantine() -> None:
    op.create_table(
        "quarantined_pages",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("url_key", sa.String(64), nullable=False),
        sa.Column("snapshot_id", ID, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("item_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_quarantined_pages_item_id_items")),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_quarantined_pages_snapshot_id_snapshots")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_quarantined_pages_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_quarantined_pages")),
        sa.UniqueConstraint("source_id", "url_key", name=op.f("uq_quarantined_pages_source_id_url_key")),
    )
    op.create_index("ix_quarantined_pages_waiting", "quarantined_pages", ["source_id", "state", "cause"])


def _count_what_was() -> None:
    """The days of the events that are there; of what was read on them, what the versions say."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    day = "CAST({} AT TIME ZONE 'Asia/Jakarta' AS date)" if is_postgresql else "date({}, '+7 hours')"
    quality = "CAST(v.fields ->> 'quality' AS float)" if is_postgresql else "json_extract(v.fields, '$.quality')"
    outcomes = {"stored": "disimpan", "changed": "berubah", "unchanged": "sama", "refused": "ditolak", "blocked": "dilarang"}
    outcomes["failed"] = "gagal"
    counts = {name: f"sum(CASE WHEN e.outcome = '{word}' THEN 1 ELSE 0 END)" for name, word in outcomes.items()}
    for name, is_304 in (("lists", "<>"), ("lists_unchanged", "=")):
        condition = f"e.outcome = 'didaftar' AND coalesce(e.status_code, 0) {is_304} 304"
        counts[name] = f"sum(CASE WHEN {condition} THEN 1 ELSE 0 END)"
    last = "max(CASE WHEN e.outcome IN ('disimpan', 'berubah') THEN e.at END)"
    columns = ("source_id", "on_day", *COUNTS, *OF_ARTICLES, "quality", "last_stored_at")
    read = "count(*) AS articles, " + ", ".join(
        (
            "sum(CASE WHEN v.published_at IS NULL THEN 1 ELSE 0 END) AS undated",
            "sum(CASE WHEN v.author = '' THEN 1 ELSE 0 END) AS unsigned",
            "sum(CASE WHEN v.title = '' THEN 1 ELSE 0 END) AS untitled",
            f"count({quality}) AS rated",
            f"coalesce(sum({quality}), 0) AS quality",
        )
    )
    of_day = f"{day.format('v.created_at')}"
    op.execute(
        f"""INSERT INTO source_days ({", ".join(columns)})
        SELECT d.*, {", ".join(f"coalesce(r.{name}, 0)" for name in (*OF_ARTICLES, "quality"))}, l.at
        FROM (SELECT e.source_id, {day.format("e.at")} AS on_day, {", ".join(counts[name] for name in COUNTS)}
              FROM fetch_events e GROUP BY e.source_id, {day.format("e.at")}) d
        LEFT JOIN (SELECT e.source_id, {day.format("e.at")} AS on_day, {last} AS at
              FROM fetch_events e GROUP BY e.source_id, {day.format("e.at")}) l
          ON l.source_id = d.source_id AND l.on_day = d.on_day
        LEFT JOIN (SELECT i.source_id, {of_day} AS on_day, {read}
              FROM item_versions v JOIN items i ON i.id = v.item_id
              WHERE {quality} IS NOT NULL GROUP BY i.source_id, {of_day}) r
          ON r.source_id = d.source_id AND r.on_day = d.on_day"""  # noqa: S608 - Our own words only.
    )
