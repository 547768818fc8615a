"""what a page says beside title and text: editor, section, tags, captions, quality of the reading

Revision: 0004
Follows: 0003
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("item_versions", sa.Column("fields", JSON, nullable=False, server_default="{}"))
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TRIGGER item_versions_keep_fields BEFORE UPDATE OF fields ON item_versions "
            "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            "CREATE TRIGGER item_versions_keep_fields BEFORE UPDATE OF fields ON item_versions "
            "BEGIN SELECT RAISE(ABORT, 'item_versions is append-only'); END"
        )


def downgrade() -> None:
    raise NotImplementedError("versions are append-only: restore a backup instead of going back")
