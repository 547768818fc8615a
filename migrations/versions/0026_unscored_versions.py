"""erased versions stand no longer among those that wait to be scored

Revision: 0026
Follows: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

NEW, OLD, TABLE = "ix_item_versions_to_score", "ix_item_versions_unscored", "item_versions"
WAITS = "scored_by_id IS NULL AND erased_at IS NULL"
CONCURRENTLY = {NEW: f"{TABLE} (id) WHERE {WAITS}"}


def upgrade() -> None:
    _create(NEW, WAITS)
    op.drop_index(OLD, TABLE)


def downgrade() -> None:
    _create(OLD, "scored_by_id IS NULL")
    op.drop_index(NEW, TABLE)


def _create(name: str, rows: str) -> None:
    op.create_index(name, TABLE, ["id"], sqlite_where=sa.text(rows), postgresql_where=sa.text(rows), if_not_exists=True)
