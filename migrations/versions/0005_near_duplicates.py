"""keep sketches that know containment

The bands of before found similar texts only. The new tables begin empty: `netra clusters reindex` fills them from the
stored texts. Clusters and their members stay as they are.

Revision: 0005
Follows: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("minhash_bands")
    op.drop_table("minhash_signatures")
    op.create_table(
        "item_sketches",
        sa.Column("item_id", ID, autoincrement=False, nullable=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
        sa.Column("text_hash", ID, nullable=False),
        sa.Column("word_count", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_item_sketches_item_id_items")),
        sa.PrimaryKeyConstraint("item_id", name=op.f("pk_item_sketches")),
    )
    op.create_table(
        "sketch_keys",
        sa.Column("value", ID, autoincrement=False, nullable=False),
        sa.Column("item_id", ID, autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("value", "item_id", name=op.f("pk_sketch_keys")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "overlaps",
        sa.Column("item_id", ID, autoincrement=False, nullable=False),
        sa.Column("other_id", ID, autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("similarity", sa.Double(), nullable=False),
        sa.Column("containment", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_overlaps_item_id_items")),
        sa.ForeignKeyConstraint(["other_id"], ["items.id"], name=op.f("fk_overlaps_other_id_items")),
        sa.PrimaryKeyConstraint("item_id", "other_id", name=op.f("pk_overlaps")),
    )
    op.create_index("ix_overlaps_other_id", "overlaps", ["other_id"], unique=False)
    op.add_column("cluster_members", sa.Column("containment", sa.Double(), nullable=False, server_default="1"))
    op.add_column("cluster_members", sa.Column("basis", sa.String(40), nullable=False, server_default="mirip"))
    with op.batch_alter_table("clusters", schema=None) as batch_op:
        batch_op.add_column(sa.Column("first_item_id", ID, nullable=True))
        batch_op.add_column(sa.Column("decided_by", sa.String(length=80), nullable=True))
        batch_op.create_foreign_key(op.f("fk_clusters_first_item_id_items"), "items", ["first_item_id"], ["id"])
    op.execute(
        "UPDATE clusters SET first_item_id = (SELECT m.item_id FROM cluster_members m JOIN items i ON i.id = m.item_id "
        "WHERE m.cluster_id = clusters.id ORDER BY i.first_seen_at, i.id LIMIT 1)"
    )


def downgrade() -> None:
    raise NotImplementedError("confirmed clusters would lose who confirmed them: restore a backup instead of going back")
