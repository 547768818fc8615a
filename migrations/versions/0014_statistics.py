"""statistics: whom a flag's text names, the outcome beside the state, and counts that triggers keep up with

Flags that are there already are counted like new ones: they wait in `flag_changes` for `models.figures.tallying`, which every
upgrade runs.

Revision: 0014
Follows: 0013
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

SAME = ("created_at", "assessed_at", "due_on", "region_code", "act", "source_id", "phase", "reason", "sides", "prediction_id")
"""Columns that a change copies from its flag."""
WATCHED = (*(name for name in SAME if name != "prediction_id"), "state", "outcome")
"""A newer reading of an unfinished flag changes no count by itself."""
NAMES = ", ".join(("at", "sign", *SAME, "outcome"))


def upgrade() -> None:
    op.add_column("flags", sa.Column("sides", JSON, nullable=True))
    op.add_column("flags", sa.Column("outcome", sa.String(40), nullable=True))
    op.create_table(
        "flag_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("sign", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("assessed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=True),
        sa.Column("act", sa.String(40), nullable=True),
        sa.Column("source_id", ID, nullable=True),
        sa.Column("phase", sa.String(80), nullable=True),
        sa.Column("reason", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("sides", JSON, nullable=True),
        sa.Column("prediction_id", ID, nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_flag_changes")),
    )
    key = ("measure", "region_code", "act", "outcome", "on_day", "value")
    op.create_table(
        "flag_tallies",
        sa.Column("measure", sa.String(40), nullable=False),
        sa.Column("region_code", sa.String(13), nullable=False),
        sa.Column("act", sa.String(40), nullable=False),
        sa.Column("outcome", sa.String(40), nullable=False),
        sa.Column("on_day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(80), nullable=False),
        sa.Column("count", ID, nullable=False),
        sa.PrimaryKeyConstraint(*key, name=op.f("pk_flag_tallies")),
        sqlite_with_rowid=False,
    )
    is_empty = sa.text("count = 0")
    op.create_index("ix_flag_tallies_empty", "flag_tallies", ["measure"], sqlite_where=is_empty, postgresql_where=is_empty)
    _count_what_was()
    _follow_flags()
    _follow_assessments()


def downgrade() -> None:
    raise NotImplementedError("restore a backup instead of going back: a database that is worked on keeps its counts")


def _count_what_was() -> None:
    newest = "SELECT a.outcome FROM assessments a WHERE a.flag_id = flags.id ORDER BY a.id DESC LIMIT 1"
    op.execute(f"UPDATE flags SET outcome = ({newest}) WHERE state = 'dinilai'")  # noqa: S608 - our own words
    op.execute(f"INSERT INTO flag_changes ({NAMES}) SELECT {_values('flags', 1)} FROM flags")  # noqa: S608


def _values(row: str, sign: int) -> str:
    present = "now()" if op.get_bind().dialect.name == "postgresql" else "strftime('%Y-%m-%d %H:%M:%f000', 'now')"
    outcome = f"CASE WHEN {row}.state = 'dinilai' THEN coalesce({row}.outcome, 'dinilai') ELSE {row}.state END"
    return ", ".join((present, str(sign), *(f"{row}.{name}" for name in SAME), outcome))


def _follow_flags() -> None:
    """Whatever changes a flag, by whichever way, is counted in the same transaction."""
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    write = f"INSERT INTO flag_changes ({NAMES}) VALUES "  # noqa: S608 - our own words
    events = {"raised": ("INSERT", "+"), "changed": (f"UPDATE OF {', '.join(WATCHED)}", "-+"), "gone": ("DELETE", "-")}
    for name, (event, signs) in events.items():
        rows = {"-": f"({_values('OLD', -1)})", "+": f"({_values('NEW', 1)})"}
        body = write + ", ".join(rows[sign] for sign in signs)
        differs = "IS DISTINCT FROM" if is_postgresql else "IS NOT"
        when = f"WHEN ({' OR '.join(f'OLD.{one} {differs} NEW.{one}' for one in WATCHED)}) " if signs == "-+" else ""
        _trigger(f"flags_{name}", f"AFTER {event} ON flags FOR EACH ROW {when}", body)


def _follow_assessments() -> None:
    """The outcome of a finished flag is that of its newest assessment; what waits for a second reader shows none."""
    outcome = "CASE WHEN state = 'dinilai' AND NEW.outcome <> 'dibatalkan' THEN NEW.outcome END"
    body = f"UPDATE flags SET outcome = {outcome} WHERE id = NEW.flag_id"  # noqa: S608
    _trigger("assessments_counted", "AFTER INSERT ON assessments FOR EACH ROW ", body)


def _trigger(name: str, when: str, body: str) -> None:
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {body}; RETURN NULL; END $$")
        op.execute(f"CREATE TRIGGER {name} {when} EXECUTE FUNCTION {name}()")
    else:
        op.execute(f"CREATE TRIGGER {name} {when} BEGIN {body}; END")
