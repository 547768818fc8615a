"""what other houses are told of a case and what they signed, splits of cases, witnesses, and agencies that admins keep

Revision: 0018
Follows: 0017
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")
MOMENT = sa.DateTime(timezone=True)

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _make_readers()
    _keep_what_was_signed()
    _keep_agencies()
    _make_splits()


def downgrade() -> None:
    raise NotImplementedError("other houses would keep what they should forget: restore a backup instead of going back")


def _make_readers() -> None:
    _table(
        "interchange_readers",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(120), nullable=False),
        sa.Column("reach_sha256", sa.String(64), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_interchange_readers_user_id_name")),
        references={"user_id": "users.id"},
    )
    _table(
        "told_cases",
        sa.Column("id", ID, nullable=False),
        sa.Column("reader_id", ID, nullable=False),
        sa.Column("case_id", ID, nullable=False),
        sa.Column("version", ID, nullable=False),
        sa.Column("is_gone", sa.Boolean(), nullable=False),
        sa.UniqueConstraint("reader_id", "case_id", name=op.f("uq_told_cases_reader_id_case_id")),
        references={"reader_id": "interchange_readers.id", "case_id": "cases.id"},
    )
    op.create_index("ix_told_cases_version", "told_cases", ["reader_id", "version", "case_id"])


def _keep_what_was_signed() -> None:
    """Rows without what was signed cannot be checked: the cursors go back, so that the next pull brings it."""
    op.add_column("received_cases", sa.Column("envelope", sa.Text(), nullable=True))
    op.add_column("received_cases", sa.Column("agency_key", sa.String(200), nullable=False, server_default=""))
    op.add_column("received_cases", sa.Column("withdrawal", sa.String(40), nullable=True))
    op.add_column("received_cases", sa.Column("merged_into_id", ID, nullable=True))
    op.execute("UPDATE origins SET cursor = ''")


def _keep_agencies() -> None:
    op.add_column("agencies", sa.Column("is_edited", sa.Boolean(), nullable=False, server_default=sa.false()))
    _table(
        "agency_names",
        sa.Column("id", ID, nullable=False),
        sa.Column("agency_id", ID, nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("legal_basis", sa.String(300), nullable=False),
        sa.Column("valid_to_on", sa.Date(), nullable=False),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.UniqueConstraint("agency_id", "valid_to_on", name=op.f("uq_agency_names_agency_id_valid_to_on")),
        references={"agency_id": "agencies.id"},
    )


def _make_splits() -> None:
    op.add_column("cases", sa.Column("witnesses", sa.Text(), nullable=False, server_default=""))
    _table(
        "case_splits",
        sa.Column("id", ID, nullable=False),
        sa.Column("kept_id", ID, nullable=False),
        sa.Column("new_id", ID, nullable=False),
        sa.Column("lead_ids", JSON, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("split_by_id", ID, nullable=False),
        sa.Column("split_at", MOMENT, nullable=False),
        sa.Column("undone_at", MOMENT, nullable=True),
        references={"kept_id": "cases.id", "new_id": "cases.id", "split_by_id": "users.id"},
        indexed=("kept_id", "new_id"),
    )


def _table(
    name: str,
    *parts: "sa.Column[object] | sa.UniqueConstraint",
    references: dict[str, str],
    indexed: tuple[str, ...] = (),
) -> None:
    """A table whose constraints bear the names that the models give them."""
    foreign = [
        sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{name}_{column}_{target.split('.')[0]}"))
        for column, target in references.items()
    ]
    op.create_table(name, *parts, *foreign, sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")))
    for column in indexed:
        op.create_index(op.f(f"ix_{name}_{column}"), name, [column])
