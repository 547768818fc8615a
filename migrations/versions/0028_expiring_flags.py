"""what runs out is found by the index of its moments alone, never through all that somebody holds

Revision: 0028
Follows: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

NEW, OLD, TABLE = "ix_flags_running_out", "ix_flags_held_until", "flags"
HELD = "held_until IS NOT NULL"
CONCURRENTLY = {NEW: f"{TABLE} (held_until) WHERE {HELD}"}


def upgrade() -> None:
    _create(NEW, HELD)
    op.drop_index(OLD, TABLE)


def downgrade() -> None:
    _create(OLD, "holder_id IS NOT NULL")
    op.drop_index(NEW, TABLE)


def _create(name: str, rows: str) -> None:
    op.create_index(name, TABLE, ["held_until"], sqlite_where=sa.text(rows), postgresql_where=sa.text(rows), if_not_exists=True)
