"""finding pages: lists below feeds, when to poll a feed, what a page said of its version

Revision: 0006
Follows: 0005
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "list_urls",
        sa.Column("id", ID, nullable=False),
        sa.Column("feed_id", ID, nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("list_key", sa.String(length=64), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=True),
        sa.Column("until_on", sa.Date(), nullable=True),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("listed_changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("etag", sa.String(length=300), nullable=True),
        sa.Column("last_modified", sa.String(length=100), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["feed_id"], ["feeds.id"], name=op.f("fk_list_urls_feed_id_feeds")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_list_urls")),
        sa.UniqueConstraint("feed_id", "list_key", name=op.f("uq_list_urls_feed_id_list_key")),
    )
    op.add_column("frontier_urls", sa.Column("etag", sa.String(length=300), nullable=True))
    op.add_column("frontier_urls", sa.Column("last_modified", sa.String(length=100), nullable=True))
    op.add_column("feeds", sa.Column("poll_minutes", sa.Integer(), nullable=True))
    op.add_column("feeds", sa.Column("next_poll_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_feeds_next_poll_at"), "feeds", ["next_poll_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("the frontier would forget what was read: restore a backup instead of going back")
