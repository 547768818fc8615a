"""cases: leads grouped, requirements answered, external statuses mirrored, referrals, follow-ups, clocks

Revision: 0013
Follows: 0012
"""

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

APPEND_ONLY = ("case_answers", "case_statuses", "case_referrals", "follow_ups")


def upgrade() -> None:
    _make_cases()
    _make_entries()
    _make_derived()
    for table in APPEND_ONLY:
        _refuse_changes(table)


def downgrade() -> None:
    raise NotImplementedError("cases and what institutions did would be forgotten: restore a backup instead of going back")


def _make_cases() -> None:
    _table(
        "cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=True),
        *(sa.Column(name, sa.String(200), nullable=False) for name in ("office", "agency", "agency_key")),
        sa.Column("subject_status", sa.String(40), nullable=False),
        sa.Column("subject_name", sa.String(200), nullable=False),
        sa.Column("subject_number", sa.String(40), nullable=False),
        sa.Column("act", sa.String(40), nullable=True),
        sa.Column("happened_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("discovered_at", MOMENT, nullable=False),
        sa.Column("opened_by_id", ID, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.Column("merged_into_id", ID, nullable=True),
        sa.Column("status", sa.String(40), nullable=True),
        sa.Column("status_on", sa.Date(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        references={"region_code": "regions.code", "opened_by_id": "users.id", "merged_into_id": "cases.id"},
        indexed=("agency_key", "merged_into_id"),
    )
    op.create_index("ix_cases_region_code", "cases", ["region_code", "id"])
    _table(
        "case_leads",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("flag_id", ID, nullable=False),
        sa.Column("added_by_id", ID, nullable=False),
        sa.Column("added_at", MOMENT, nullable=False),
        sa.Column("removed_at", MOMENT, nullable=True),
        sa.Column("removed_by_id", ID, nullable=True),
        sa.Column("removal_reason", sa.String(500), nullable=False),
        references={"case_id": "cases.id", "flag_id": "flags.id", "added_by_id": "users.id", "removed_by_id": "users.id"},
        indexed=("case_id", "flag_id"),
    )
    running = sa.text("removed_at IS NULL")
    op.create_index(
        "uq_case_leads_running", "case_leads", ["flag_id"], unique=True, sqlite_where=running, postgresql_where=running
    )
    _table(
        "case_merges",
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("merged_id", ID, nullable=False),
        sa.Column("lead_ids", JSON, nullable=False),
        sa.Column("discovered_before", MOMENT, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("merged_by_id", ID, nullable=False),
        sa.Column("merged_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        references={"kept_id": "cases.id", "merged_id": "cases.id", "merged_by_id": "users.id"},
        indexed=("kept_id", "merged_id"),
    )


def _make_entries() -> None:
    _table(
        "case_answers",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("requirement", sa.String(40), nullable=False),
        sa.Column("answer", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references={"case_id": "cases.id", "user_id": "users.id"},
        indexed=("case_id",),
    )
    for table, kind in (("case_statuses", "status"), ("follow_ups", "stage")):
        _table(
            table,
            sa.Column("id", ID, nullable=False),
            sa.Column("case_id", ID, nullable=False),
            sa.Column(kind, sa.String(40), nullable=False),
            sa.Column("on_day", sa.Date(), nullable=False),
            sa.Column("document_number", sa.String(120), nullable=False),
            sa.Column("note", sa.Text(), nullable=False),
            sa.Column("corrects_id", ID, nullable=True),
            sa.Column("is_withdrawal", sa.Boolean(), nullable=False),
            sa.Column("user_id", ID, nullable=False),
            sa.Column("created_at", MOMENT, nullable=False),
            references={"case_id": "cases.id", "corrects_id": f"{table}.id", "user_id": "users.id"},
            indexed=("case_id",),
            unique=("corrects_id",),
        )
    _table(
        "case_referrals",
        sa.Column("id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("status_id", ID, nullable=False),
        sa.Column("dossier_sha256", sa.String(64), nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references={"case_id": "cases.id", "agency_id": "agencies.id", "status_id": "case_statuses.id", "user_id": "users.id"},
        indexed=("case_id",),
        unique=("status_id",),
    )


def _make_derived() -> None:
    _table(
        "case_clocks",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("rule", sa.String(40), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("met_on", sa.Date(), nullable=True),
        references={"case_id": "cases.id"},
        key=("case_id", "rule"),
    )
    op.create_index("ix_case_clocks_due_on", "case_clocks", ["due_on"])
    _table(
        "case_stages",
        sa.Column("case_id", ID, nullable=False),
        sa.Column("stage", sa.String(40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        references={"case_id": "cases.id"},
        key=("case_id", "stage"),
    )
    op.create_index("ix_case_stages_stage", "case_stages", ["stage", "on_day"])


def _table(
    name: str,
    *columns: "sa.Column[Any]",
    references: dict[str, str],
    indexed: tuple[str, ...] = (),
    unique: tuple[str, ...] = (),
    key: tuple[str, ...] = ("id",),
) -> None:
    """A table whose constraints bear the names that the models give them."""
    foreign = [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}_{target.split('.')[0]}"))
        for column, target in references.items()
    ]
    alone = [sa.UniqueConstraint(column, name=op.f(f"uq_{name}_{column}")) for column in unique]
    op.create_table(name, *columns, *foreign, *alone, sa.PrimaryKeyConstraint(*key, name=op.f(f"pk_{name}")))
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _refuse_changes(table: str) -> None:
    """What was entered stays: corrections are rows. `refuse_change` comes from 0002."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table}"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
