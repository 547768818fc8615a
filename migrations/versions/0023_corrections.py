"""corrections: what people ask of what is held about them, the answers, and what was done

Revision: 0023
Follows: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_corrections()
    _make_deeds()


def downgrade() -> None:
    op.drop_table("correction_deeds")
    op.drop_table("corrections")


def _make_corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", ID, nullable=False),
        sa.Column("code_sha256", sa.String(64), nullable=False),
        sa.Column("form_sha256", sa.String(64), nullable=False),
        sa.Column("asked", sa.String(40), nullable=False),
        sa.Column("sender", sa.String(40), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=True),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("wrong", sa.Text(), nullable=False),
        sa.Column("contact_sealed", sa.Text(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.Column("due_at", MOMENT, nullable=False),
        sa.Column("withdrawn_at", MOMENT, nullable=True),
        sa.Column("identity", sa.String(40), nullable=True),
        sa.Column("identity_at", MOMENT, nullable=True),
        sa.Column("identity_by_id", ID, nullable=True),
        sa.Column("answer", sa.String(40), nullable=True),
        sa.Column("ground", sa.String(40), nullable=False),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("answered_at", MOMENT, nullable=True),
        sa.Column("answered_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["answered_by_id"], ["users.id"], name=op.f("fk_corrections_answered_by_id_users")),
        sa.ForeignKeyConstraint(["identity_by_id"], ["users.id"], name=op.f("fk_corrections_identity_by_id_users")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_corrections_region_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_corrections")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_corrections_code_sha256")),
        sa.UniqueConstraint("form_sha256", name=op.f("uq_corrections_form_sha256")),
    )
    op.create_index("ix_corrections_region_code_id", "corrections", ["region_code", "id"])
    op.create_index(op.f("ix_corrections_created_at"), "corrections", ["created_at"])
    waits = sa.text("answered_at IS NULL")
    op.create_index("ix_corrections_due_at", "corrections", ["due_at"], sqlite_where=waits, postgresql_where=waits)


def _make_deeds() -> None:
    op.create_table(
        "correction_deeds",
        sa.Column("id", ID, nullable=False),
        sa.Column("correction_id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("item_id", ID, nullable=True),
        sa.Column("flag_id", ID, nullable=True),
        sa.Column("case_id", ID, nullable=True),
        sa.Column("note", sa.String(1000), nullable=False),
        sa.Column("before", JSON, nullable=False),
        sa.Column("done_by_id", ID, nullable=False),
        sa.Column("done_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        sa.Column("undone_by_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_correction_deeds_case_id_cases")),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["corrections.id"], name=op.f("fk_correction_deeds_correction_id_corrections")
        ),
        sa.ForeignKeyConstraint(["done_by_id"], ["users.id"], name=op.f("fk_correction_deeds_done_by_id_users")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_correction_deeds_flag_id_flags")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_correction_deeds_item_id_items")),
        sa.ForeignKeyConstraint(["undone_by_id"], ["users.id"], name=op.f("fk_correction_deeds_undone_by_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_correction_deeds")),
    )
    for column in ("correction_id", "item_id", "flag_id", "case_id"):
        op.create_index(op.f(f"ix_correction_deeds_{column}"), "correction_deeds", [column])
