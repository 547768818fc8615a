"""tables for connectors: cursors, quotas, records of posts

Revision: 0007
Follows: 0006
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connector_cursors",
        sa.Column("id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("query", sa.String(length=300), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.Column("pending_mark", sa.Text(), nullable=False),
        sa.Column("next_page", sa.Text(), nullable=False),
        sa.Column("found_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("polled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("new_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("wait_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_connector_cursors_source_id_sources")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_connector_cursors")),
        sa.UniqueConstraint("source_id", "query", name=op.f("uq_connector_cursors_source_id_query")),
    )
    op.create_table(
        "quotas_spent",
        sa.Column("platform", sa.String(length=40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("units", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("platform", "day", name=op.f("pk_quotas_spent")),
    )
    op.create_table(
        "post_records",
        sa.Column("item_id", ID, nullable=False),
        sa.Column("source_id", ID, nullable=False),
        sa.Column("remote_id", sa.String(length=300), nullable=False),
        sa.Column("author_hash", sa.String(length=64), nullable=False),
        sa.Column("reposts", ID, nullable=False),
        sa.Column("refers_to", sa.String(length=500), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_post_records_item_id_items")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_post_records_source_id_sources")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_post_records")),
    )
    op.create_index(op.f("ix_post_records_author_hash"), "post_records", ["author_hash"], unique=False)
    op.create_index("ix_post_records_source_id_checked_at", "post_records", ["source_id", "checked_at"], unique=False)


def downgrade() -> None:
    for table in ("post_records", "quotas_spent", "connector_cursors"):
        op.drop_table(table)
