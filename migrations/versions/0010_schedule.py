"""when each source is read next, and by whom

Revision: 0010
Follows: 0009
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "host_claims",
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("worker", sa.String(length=200), nullable=True),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("taken_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_host_claims_source_id_sources")),
        sa.PrimaryKeyConstraint("host", name=op.f("pk_host_claims")),
    )
    op.create_table(
        "source_schedules",
        sa.Column("source_id", ID, autoincrement=False, nullable=False),
        sa.Column("host", sa.String(length=253), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("not_before", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("begun_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(40), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["host"], ["host_claims.host"], name=op.f("fk_source_schedules_host_host_claims")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_source_schedules_source_id_sources")),
        sa.PrimaryKeyConstraint("source_id", name=op.f("pk_source_schedules")),
    )
    op.create_index(op.f("ix_source_schedules_host"), "source_schedules", ["host"], unique=False)
    # The plan asks for the last run of every source: found at the end of this index, however many runs there are.
    op.create_index("ix_crawl_runs_source_id_id", "crawl_runs", ["source_id", "id"], unique=False)
    op.drop_index(op.f("ix_crawl_runs_source_id"), table_name="crawl_runs")


def downgrade() -> None:
    op.create_index(op.f("ix_crawl_runs_source_id"), "crawl_runs", ["source_id"], unique=False)
    op.drop_index("ix_crawl_runs_source_id_id", table_name="crawl_runs")
    op.drop_table("source_schedules")
    op.drop_table("host_claims")
