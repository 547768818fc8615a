"""public figures: what everybody may read of a period that is over, written once

Revision: 0027
Follows: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

TABLE = "public_figures"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("figure", sa.String(40), nullable=False),
        sa.Column("first_on", sa.Date(), nullable=False),
        sa.Column("name", sa.String(40), nullable=False),
        sa.Column("at_least", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("at_least >= 0 AND at_least % 5 = 0", name=op.f("ck_public_figures_fives")),
        sa.PrimaryKeyConstraint("figure", "first_on", "name", name=op.f("pk_public_figures")),
        sqlite_with_rowid=False,
    )
    _refuse_changes()


def downgrade() -> None:
    if op.get_bind().scalar(sa.text(f"SELECT count(*) FROM {TABLE}")):  # noqa: S608 - our own word
        raise NotImplementedError("periods would be published twice, with other numbers: restore a backup instead")
    op.drop_table(TABLE)


def _refuse_changes() -> None:
    """`refuse_change` comes from 0002."""
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
