"""people: agencies in areas, what a token may do and where, sign-ins that end when idle, second factors, other houses' accounts

Revision: 0015
Follows: 0014
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("users", sa.Column("must_change_password", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("user_sessions", sa.Column("last_seen_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("user_sessions", sa.Column("browser", sa.String(80), nullable=False, server_default=""))
    op.add_column("user_sessions", sa.Column("method", sa.String(40), nullable=False, server_default="sandi"))
    op.add_column("user_sessions", sa.Column("verified_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("api_tokens", sa.Column("prefix", sa.String(16), nullable=False, server_default=""))
    op.add_column("api_tokens", sa.Column("scopes", JSON, nullable=True))
    _add_reference("api_tokens", "region_code", "regions", "code", "VARCHAR(13)")
    op.add_column("api_tokens", sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True))
    _name_agencies()
    _make_tables()


def downgrade() -> None:
    raise NotImplementedError("areas would grow wider and second factors vanish: restore a backup instead of going back")


def _add_reference(table: str, column: str, other: str, key: str, kind: str) -> None:
    """SQLite adds a foreign key only together with its column, which Alembic would write apart."""
    name = f"fk_{table}_{column}_{other}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {kind} CONSTRAINT {name} REFERENCES {other} ({key})")


def _name_agencies() -> None:
    """The same role in the same region may be held for several agencies."""
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    _add_reference("user_roles", "agency_id", "agencies", "id", number)
    with op.batch_alter_table("user_roles") as batch:
        batch.drop_constraint("uq_user_roles_user_id_role_name_region_code", type_="unique")
        columns = ["user_id", "role_name", "region_code", "agency_id"]
        batch.create_unique_constraint("uq_user_roles_user_id_role_name_region_code_agency_id", columns)


def _make_tables() -> None:
    op.create_table(
        "user_identities",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("issuer", sa.String(length=300), nullable=False),
        sa.Column("subject", sa.String(length=255), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_user_identities_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_identities")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_user_identities_issuer_subject")),
    )
    op.create_index(op.f("ix_user_identities_user_id"), "user_identities", ["user_id"], unique=False)
    op.create_table(
        "second_factors",
        sa.Column("user_id", ID, autoincrement=False, nullable=False),
        sa.Column("secret_sealed", sa.String(length=400), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_step", ID, nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("code_sha256", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_sha256", name=op.f("uq_recovery_codes_code_sha256")),
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "sign_in_failures",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("account", sa.String(length=64), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_failures")),
    )
    op.create_index("ix_sign_in_failures_account", "sign_in_failures", ["account", "at"], unique=False)
    op.create_index("ix_sign_in_failures_address", "sign_in_failures", ["address", "at"], unique=False)
