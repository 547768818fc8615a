"""length and hash of records, parts of articles, time-stamps; what was kept is not changed

Revision: 0008
Follows: 0007
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KEPT = ("snapshots", "version_parts", "time_stamps")


def upgrade() -> None:
    op.add_column("snapshots", sa.Column("warc_length", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("snapshots", sa.Column("warc_sha256", sa.String(length=64), nullable=False, server_default=""))
    op.create_table(
        "version_parts",
        sa.Column("version_id", ID, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("snapshot_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_version_parts_snapshot_id_snapshots")),
        sa.ForeignKeyConstraint(["version_id"], ["item_versions.id"], name=op.f("fk_version_parts_version_id_item_versions")),
        sa.PrimaryKeyConstraint("version_id", "number", name=op.f("pk_version_parts")),
    )
    op.create_table(
        "time_stamps",
        sa.Column("id", ID, nullable=False),
        sa.Column("snapshot_id", ID, nullable=False),
        sa.Column("authority", sa.String(length=500), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["snapshot_id"], ["snapshots.id"], name=op.f("fk_time_stamps_snapshot_id_snapshots")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_time_stamps")),
    )
    op.create_index(op.f("ix_time_stamps_snapshot_id"), "time_stamps", ["snapshot_id"], unique=False)
    for table in KEPT:
        _refuse_update(table)


def downgrade() -> None:
    raise NotImplementedError("time-stamps cannot be made again for the same moment: restore a backup instead of going back")


def _refuse_update(table: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()")
    else:
        op.execute(
            f"CREATE TRIGGER {table}_keep BEFORE UPDATE ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )
