"""tips and alerts: what the public sends, what somebody should look at, and the ways on which that leaves the house

Revision: 0016
Follows: 0015
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tips",
        sa.Column("id", ID, nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("form_sha256", sa.String(length=64), nullable=True),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("flag_id", ID, nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("link", sa.Text(), nullable=False),
        sa.Column("region_code", sa.String(length=13), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("known_on", sa.Date(), nullable=False),
        sa.Column("office", sa.String(length=200), nullable=False),
        sa.Column("agency", sa.String(length=200), nullable=False),
        sa.Column("contact_sealed", sa.Text(), nullable=True),
        sa.Column("contact_until", sa.Date(), nullable=True),
        sa.Column("is_repeat", sa.Boolean(), nullable=False),
        sa.Column("entered_by_id", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("closed_by_id", ID, nullable=True),
        sa.Column("closure", sa.String(40), nullable=True),
        sa.Column("bulk_id", ID, nullable=True),
        sa.ForeignKeyConstraint(["bulk_id"], ["bulk_actions.id"], name=op.f("fk_tips_bulk_id_bulk_actions")),
        sa.ForeignKeyConstraint(["closed_by_id"], ["users.id"], name=op.f("fk_tips_closed_by_id_users")),
        sa.ForeignKeyConstraint(["entered_by_id"], ["users.id"], name=op.f("fk_tips_entered_by_id_users")),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_tips_flag_id_flags")),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_tips_item_id_items")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_tips_region_code_regions")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tips")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_tips_code_sha256")),
        sa.UniqueConstraint("form_sha256", name=op.f("uq_tips_form_sha256")),
    )
    op.create_index(op.f("ix_tips_contact_until"), "tips", ["contact_until"], unique=False)
    op.create_index(op.f("ix_tips_flag_id"), "tips", ["flag_id"], unique=False)
    op.create_index(op.f("ix_tips_item_id"), "tips", ["item_id"], unique=False)
    op.create_index("ix_tips_region_code_id", "tips", ["region_code", "id"], unique=False)
    op.create_table(
        "tip_hours",
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sender", sa.String(length=64), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("hour", "sender", name=op.f("pk_tip_hours")),
    )
    op.create_table(
        "watches",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("region_code", sa.String(length=13), nullable=True),
        sa.Column("office", sa.String(length=40), nullable=True),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("act", sa.String(length=40), nullable=True),
        sa.Column("words", sa.String(length=200), nullable=False),
        sa.Column("cluster_size", sa.Integer(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_watches_region_code_regions")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_watches_source_id_sources")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_watches_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_watches")),
    )
    op.create_index(op.f("ix_watches_user_id"), "watches", ["user_id"], unique=False)
    op.create_table(
        "alerts",
        sa.Column("id", ID, nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("key", sa.String(length=200), nullable=False),
        sa.Column("region_code", sa.String(length=13), nullable=True),
        sa.Column("user_id", ID, nullable=True),
        sa.Column("watch_id", ID, nullable=True),
        sa.Column("flag_id", ID, nullable=True),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("detail", JSON, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_alerts_flag_id_flags")),
        sa.ForeignKeyConstraint(["region_code"], ["regions.code"], name=op.f("fk_alerts_region_code_regions")),
        sa.ForeignKeyConstraint(["source_id"], ["sources.id"], name=op.f("fk_alerts_source_id_sources")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alerts_user_id_users")),
        sa.ForeignKeyConstraint(["watch_id"], ["watches.id"], name=op.f("fk_alerts_watch_id_watches")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
        sa.UniqueConstraint("key", name=op.f("uq_alerts_key")),
    )
    op.create_index(op.f("ix_alerts_created_at"), "alerts", ["created_at"], unique=False)
    op.create_index("ix_alerts_region_code_id", "alerts", ["region_code", "id"], unique=False)
    op.create_index(op.f("ix_alerts_user_id"), "alerts", ["user_id"], unique=False)
    op.create_index("ix_alerts_watch_flag", "alerts", ["watch_id", "flag_id"], unique=False)
    op.create_table(
        "alert_reads",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("alert_id", ID, autoincrement=False, nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_alert_reads_alert_id_alerts")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alert_reads_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "alert_id", name=op.f("pk_alert_reads")),
    )
    op.create_table(
        "alert_subscriptions",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("cadence", sa.String(40), nullable=False),
        sa.Column("last_alert_id", ID, nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("problem", sa.String(length=300), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_alert_subscriptions_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_alert_subscriptions")),
    )
    op.create_index(op.f("ix_alert_subscriptions_next_at"), "alert_subscriptions", ["next_at"], unique=False)
    op.create_table(
        "webhooks",
        sa.Column("id", ID, nullable=False),
        sa.Column("owner_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("secret_sealed", sa.Text(), nullable=False),
        sa.Column("last_alert_id", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["owner_id"], ["users.id"], name=op.f("fk_webhooks_owner_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )
    op.create_index(op.f("ix_webhooks_owner_id"), "webhooks", ["owner_id"], unique=False)
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", ID, nullable=False),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("alert_id", ID, nullable=True),
        sa.Column("message_id", sa.String(length=40), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("status", sa.Integer(), nullable=True),
        sa.Column("reason", sa.String(length=300), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["alert_id"], ["alerts.id"], name=op.f("fk_webhook_deliveries_alert_id_alerts")),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhooks.id"], name=op.f("fk_webhook_deliveries_webhook_id_webhooks")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_deliveries")),
        sa.UniqueConstraint("message_id", name=op.f("uq_webhook_deliveries_message_id")),
        sa.UniqueConstraint("webhook_id", "alert_id", name=op.f("uq_webhook_deliveries_webhook_id_alert_id")),
    )
    op.create_index("ix_webhook_deliveries_due", "webhook_deliveries", ["state", "next_at"], unique=False)


def downgrade() -> None:
    raise NotImplementedError("tips would be forgotten: restore a backup instead of going back")
