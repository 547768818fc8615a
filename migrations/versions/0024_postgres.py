"""PostgreSQL: word of new flags to open pages, and the tables that change most kept small

Revision: 0024
Follows: 0023
"""

from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

HOT = {
    "autovacuum_vacuum_scale_factor": "0.005",
    "autovacuum_vacuum_threshold": "200",
    "autovacuum_vacuum_cost_delay": "0",
    "autovacuum_analyze_scale_factor": "0.02",
}
"""Dead rows are taken away once they are few, and at once: at the head of the queue every claim would walk over them."""
ROOMY = {"fillfactor": "70"}
"""Rows of these change in columns that no index has: with room on the same page, the indexes need not hear of it."""
SETTINGS = {
    "flags": HOT,
    "leases": HOT,
    "flag_changes": HOT,
    "flag_tallies": HOT,
    "frontier_urls": HOT,
    "user_sessions": HOT | ROOMY,
    "host_claims": HOT | ROOMY,
    "source_schedules": HOT | ROOMY,
}


def upgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute(
        "CREATE FUNCTION tell_new_flags() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_notify('netra_flags', ''); RETURN NULL; END $$"
    )
    op.execute("CREATE TRIGGER flags_tell_new AFTER INSERT ON flags FOR EACH STATEMENT EXECUTE FUNCTION tell_new_flags()")
    for table, settings in SETTINGS.items():
        op.execute(f"ALTER TABLE {table} SET ({', '.join(f'{name} = {value}' for name, value in settings.items())})")


def downgrade() -> None:
    if op.get_bind().dialect.name != "postgresql":
        return
    op.execute("DROP TRIGGER flags_tell_new ON flags")
    op.execute("DROP FUNCTION tell_new_flags()")
    for table, settings in SETTINGS.items():
        op.execute(f"ALTER TABLE {table} RESET ({', '.join(settings)})")
