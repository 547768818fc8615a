"""exports, answers kept for Idempotency-Keys, and what other houses told us

Revision: 0017
Follows: 0016
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_exports()
    _make_answers()
    _make_received()
    op.create_index("ix_audit_events_type", "audit_events", ["subject_type", "id"])
    _refuse_changes("exports")


def downgrade() -> None:
    raise NotImplementedError("what left the house would be forgotten: restore a backup instead of going back")


def _make_exports() -> None:
    _table(
        "exports",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("what", sa.String(40), nullable=False),
        sa.Column("format", sa.String(40), nullable=False),
        sa.Column("query", sa.String(2000), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("opens_names", sa.Boolean(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("byte_count", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        references={"user_id": "users.id"},
        indexed=("user_id",),
    )


def _make_answers() -> None:
    _table(
        "answered_requests",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("key", sa.String(200), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", JSON, nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_answered_requests_user_id_key")),
        references={"user_id": "users.id"},
    )
    op.create_index("ix_answered_requests_created_at", "answered_requests", ["created_at"])


def _make_received() -> None:
    _table(
        "origins",
        sa.Column("id", ID, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("url", sa.String(500), nullable=False),
        sa.Column("cursor", sa.String(80), nullable=False),
        sa.Column("pulled_at", MOMENT, nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("key", name=op.f("uq_origins_key")),
        references={},
    )
    _table(
        "received_cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("origin_id", ID, nullable=False),
        sa.Column("remote_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("region_code", sa.String(13), nullable=True),
        sa.Column("document", sa.Text(), nullable=True),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("signature", sa.String(128), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("is_ours", sa.Boolean(), nullable=False),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.Column("changed_at", MOMENT, nullable=False),
        sa.UniqueConstraint("origin_id", "remote_id", name=op.f("uq_received_cases_origin_id_remote_id")),
        references={"origin_id": "origins.id", "case_id": "cases.id"},
        indexed=("region_code", "case_id"),
    )
    _table(
        "received_entries",
        sa.Column("id", ID, nullable=False),
        sa.Column("received_case_id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("remote_id", ID, nullable=False),
        sa.Column("value", sa.String(40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("document_number", sa.String(120), nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("received_at", MOMENT, nullable=False),
        sa.UniqueConstraint(
            "received_case_id", "kind", "remote_id", name=op.f("uq_received_entries_received_case_id_kind_remote_id")
        ),
        references={"received_case_id": "received_cases.id"},
    )
    op.create_index("ix_received_entries_case", "received_entries", ["received_case_id", "on_day"])


def _table(
    name: str,
    *parts: "sa.Column[object] | sa.UniqueConstraint",
    references: dict[str, str],
    indexed: tuple[str, ...] = (),
) -> None:
    """A table whose constraints bear the names that the models give them."""
    foreign = [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}_{target.split('.')[0]}"))
        for column, target in references.items()
    ]
    op.create_table(name, *parts, *foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])


def _refuse_changes(table: str) -> None:
    """What left is not edited. `refuse_change` comes from 0002."""
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
