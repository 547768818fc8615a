"""why an address gave nothing, in classes

Revision: 0009
Follows: 0008
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("fetch_events", sa.Column("cause", sa.String(40), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("fetch_events", "cause")
