"""tables for learning: imported labels, golden items, draws, shadow scores

Revision: 0003
Follows: 0002
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "training_texts",
        sa.Column("id", ID, nullable=False),
        sa.Column("origin", sa.String(length=200), nullable=False),
        sa.Column("text_sha256", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("author_bio", sa.Text(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("evidence", JSON, nullable=False),
        sa.Column("event", sa.String(length=200), nullable=False),
        sa.Column("imported_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_training_texts")),
        sa.UniqueConstraint("text_sha256", "kind", name=op.f("uq_training_texts_text_sha256_kind")),
    )
    op.create_table(
        "audit_draws",
        sa.Column("id", ID, nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("artifact_id", ID, nullable=False),
        sa.Column("population", ID, nullable=False),
        sa.Column("seed", ID, nullable=False),
        sa.Column("drawn_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_audit_draws_artifact_id_artifacts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_draws")),
    )
    op.create_index(op.f("ix_audit_draws_artifact_id"), "audit_draws", ["artifact_id"], unique=False)
    op.create_table(
        "golden_items",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_version_id", ID, nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("added_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_golden_items_item_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_golden_items")),
        sa.UniqueConstraint("item_version_id", name=op.f("uq_golden_items_item_version_id")),
    )
    op.create_table(
        "shadow_scores",
        sa.Column("id", ID, nullable=False),
        sa.Column("artifact_id", ID, nullable=False),
        sa.Column("item_version_id", ID, nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("label", sa.String(length=40), nullable=False),
        sa.Column("scored_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["artifact_id"], ["artifacts.id"], name=op.f("fk_shadow_scores_artifact_id_artifacts")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_shadow_scores_item_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shadow_scores")),
        sa.UniqueConstraint("artifact_id", "item_version_id", name=op.f("uq_shadow_scores_artifact_id_item_version_id")),
    )
    op.create_index(op.f("ix_shadow_scores_item_version_id"), "shadow_scores", ["item_version_id"], unique=False)
    op.create_table(
        "audit_samples",
        sa.Column("draw_id", ID, nullable=False),
        sa.Column("flag_id", ID, nullable=False),
        sa.Column("item_version_id", ID, nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["audit_draws.id"], name=op.f("fk_audit_samples_draw_id_audit_draws")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_audit_samples_flag_id_flags")),
        sa.ForeignKeyConstraint(
            ["item_version_id"], ["item_versions.id"], name=op.f("fk_audit_samples_item_version_id_item_versions")
        ),
        sa.PrimaryKeyConstraint("draw_id", "flag_id", name=op.f("pk_audit_samples")),
    )
    op.create_index("ix_audit_samples_item_version_id", "audit_samples", ["item_version_id"], unique=False)
    op.add_column("artifacts", sa.Column("read_line", sa.Double(), nullable=False, server_default="0"))
    op.add_column("assessments", sa.Column("evidence", JSON, nullable=False, server_default="[]"))


def downgrade() -> None:
    raise NotImplementedError("assessments are append-only: restore a backup instead of going back")
