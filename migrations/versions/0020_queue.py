"""indexes of the queue: filters of several fields without a look at the flags, and free flags apart from held ones

Revision: 0020
Follows: 0019
"""

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

UNFINISHED = "state != 'dinilai'"
FREE = f"{UNFINISHED} AND holder_id IS NULL"
HELD = "holder_id IS NOT NULL"
PLACE = (sa.literal_column("priority DESC"), "id")
FILTERED = ("region_code", "source_id", "act", "office", "phase", "reason", "due_on", "kind")
ASKED = ("state", *FILTERED)


def upgrade() -> None:
    _widen("ix_flags_queue", *PLACE, "state")
    for column in FILTERED:
        others = [name for name in ASKED if name != column]
        _widen(f"ix_flags_queue_{column}", column, *PLACE, *others)
    op.drop_index("ix_flags_second", "flags")
    _index("ix_flags_second", *PLACE, *FILTERED, where="state = 'menunggu_penilai_kedua'")
    op.drop_index("ix_flags_holder_id", "flags")
    _index("ix_flags_holder", "holder_id", "held_until", "state", where=HELD)
    _index("ix_flags_held_until", "held_until", where=HELD)
    _index("ix_flags_free", *PLACE, where=FREE)
    _index("ix_flags_free_waiting", "created_at", "id", where=FREE)


def downgrade() -> None:
    raise NotImplementedError("pages would take seconds: restore a backup instead of going back")


def _widen(name: str, *columns: str | sa.ColumnClause[str]) -> None:
    op.execute(f"DROP INDEX IF EXISTS {name}")
    _index(name, *columns, where=UNFINISHED)


def _index(name: str, *columns: str | sa.ColumnClause[str], where: str) -> None:
    op.create_index(name, "flags", list(columns), unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where))
