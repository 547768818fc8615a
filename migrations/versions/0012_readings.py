"""readings that measure readers: golden items read blind, and the word of a third person where two disagree

Revision: 0012
Follows: 0011
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ANSWERS = ("outcome", "content_partisan", "person_asn", "attribution_verified", "act", "no_violation_reason")


def upgrade() -> None:
    op.add_column("assessments", sa.Column("is_final", sa.Boolean(), nullable=False, server_default=sa.false()))
    _partial_index("ix_assessments_second", "assessments", ["created_at"], ("is_second = 1", "is_second"))
    _partial_index("ix_flags_disputed", "flags", ["id"], ("state = 'beda_pendapat'", "state = 'beda_pendapat'"))
    op.create_table(
        "golden_readings",
        sa.Column("id", ID, nullable=False),
        *(sa.Column(name, ID, nullable=False) for name in ("user_id", "item_version_id", "flag_id")),
        sa.Column("label", sa.String(40), nullable=False),
        sa.Column("taken_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        *(sa.Column(name, sa.String(40), nullable=True) for name in ANSWERS),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_right", sa.Boolean(), nullable=True),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_golden_readings_flag_id_flags")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_golden_readings_item_version_id_item_versions")
        ),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_golden_readings_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_readings")),
        sa.UniqueConstraint("user_id", "item_version_id", name=op.f("uq_golden_readings_user_id_item_version_id")),
    )
    op.create_index("ix_golden_readings_answered_at", "golden_readings", ["answered_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("readings of golden items would be forgotten: restore a backup instead of going back")


def _partial_index(name: str, table: str, columns: list[str], where: tuple[str, str]) -> None:
    """SQLite compares a boolean with a number, PostgreSQL takes it as it is."""
    on_sqlite, on_postgresql = (sa.text(condition) for condition in where)
    op.create_index(name, table, columns, unique=False, sqlite_where=on_sqlite, postgresql_where=on_postgresql)
