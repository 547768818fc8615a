"""estimates of recall, the former secret of a webhook, and tips that their senders withdrew

Revision: 0019
Follows: 0018
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

TABLE = "recall_estimates"


def upgrade() -> None:
    _make_estimates()
    _refuse_changes()
    op.add_column("webhooks", sa.Column("former_secret_sealed", sa.Text(), nullable=True))
    op.add_column("webhooks", sa.Column("former_until", MOMENT, nullable=True))
    op.add_column("tips", sa.Column("withdrawn_at", MOMENT, nullable=True))


def downgrade() -> None:
    raise NotImplementedError("what was estimated and what was withdrawn would be forgotten: restore a backup instead")


def _make_estimates() -> None:
    counts = ("population", "drawn", "read", "undecided", "missed", "found", "known_missed", "waiting")
    intervals = ("recall", "recall_low", "recall_high")
    op.create_table(
        TABLE,
        sa.Column("id", ID, nullable=False),
        sa.Column("artifact_id", ID, nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("method", sa.String(40), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=False),
        *(sa.Column(name, ID, nullable=False) for name in counts),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("share", "share_low", "share_high")),
        *(sa.Column(name, sa.Double(), nullable=True) for name in intervals),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_recall_estimates_artifact_id_artifacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recall_estimates")),
    )
    op.create_index("ix_recall_estimates_artifact_id_on_day", TABLE, ["artifact_id", "on_day"])


def _refuse_changes() -> None:
    """What was said on a day stays what was said. `refuse_change` comes from 0002."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            f"CREATE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} EXECUTE FUNCTION refuse_change()")
        return
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER {TABLE}_no_{verb.lower()} BEFORE {verb} ON {TABLE}"
            f" BEGIN SELECT RAISE(ABORT, '{TABLE} is append-only'); END"
        )
