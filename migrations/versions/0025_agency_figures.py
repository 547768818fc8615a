"""the agency's part: alerts of its flags alone, and counts that tell them apart

Every flag is counted anew, because none of the counts before said which flags name an office: they wait in `flag_changes` for
`models.figures.tallying`, which every upgrade runs.

Revision: 0025
Follows: 0024
"""

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

SAME = (
    *("created_at", "assessed_at", "due_on", "region_code", "act", "office", "source_id", "phase", "reason", "sides"),
    "prediction_id",
)
"""Columns that a change copies from its flag."""
WATCHED = (*(name for name in SAME if name != "prediction_id"), "state", "outcome")
"""A newer reading of an unfinished flag changes no count by itself."""
NAMES = ", ".join(("at", "sign", *SAME, "outcome"))
EVENTS = {"raised": ("INSERT", "+"), "changed": (f"UPDATE OF {', '.join(WATCHED)}", "-+"), "gone": ("DELETE", "-")}


def upgrade() -> None:
    op.add_column("alerts", sa.Column("is_of_agency", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("flag_changes", sa.Column("office", sa.String(40), nullable=True))
    for name, (event, signs) in EVENTS.items():
        _drop_trigger(f"flags_{name}")
        _follow(f"flags_{name}", event, signs)
    op.execute("DELETE FROM flag_tallies")
    op.execute("DELETE FROM flag_changes")
    op.execute(f"INSERT INTO flag_changes ({NAMES}) SELECT {_values('flags', 1)} FROM flags")  # noqa: S608 - our own words


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead of going back: a database that is worked on keeps its counts")


def _values(row: str, sign: int) -> str:
    present = "now()" if _is_postgresql() else "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    outcome = f"CASE WHEN {row}.state = 'dinilai' THEN coalesce({row}.outcome, 'dinilai') ELSE {row}.state END"
    return ", ".join((present, str(sign), *(f"{row}.{name}" for name in SAME), outcome))


def _follow(name: str, event: str, signs: str) -> None:
    """Whatever changes a flag, by whichever way, is counted in the same transaction."""
    rows = {"-": f"({_values('OLD', -1)})", "+": f"({_values('NEW', 1)})"}
    body = f"INSERT INTO flag_changes ({NAMES}) VALUES " + ", ".join(rows[sign] for sign in signs)  # noqa: S608
    differs = "IS DISTINCT FROM" if _is_postgresql() else "IS NOT"
    when = f"WHEN ({' OR '.join(f'OLD.{one} {differs} NEW.{one}' for one in WATCHED)}) " if signs == "-+" else ""
    rule = f"AFTER {event} ON flags FOR EACH ROW {when}"
    if _is_postgresql():
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER {name} {rule} EXECUTE FUNCTION {name}()")
    else:
        op.execute(f"CREATE TRIGGER {name} {rule} BEGIN {body}; END")


def _drop_trigger(name: str) -> None:
    op.execute(f"DROP TRIGGER {name} ON flags" if _is_postgresql() else f"DROP TRIGGER {name}")
    if _is_postgresql():
        op.execute(f"DROP FUNCTION {name}()")


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
