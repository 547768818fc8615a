"""refuse to change what is history

Audit events and assessments refuse UPDATE and DELETE. A version of an item refuses DELETE, and UPDATE of its words;
only the marks of scoring may change.

Revision: 0002
Follows: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

APPEND_ONLY = ("audit_events", "assessments")
WORDS = ("item_id", "number", "title", "text", "text_sha256", "author", "published_at", "snapshot_id", "created_at")


def upgrade() -> None:
    if op.get_bind().dialect.name == "postgresql":
        _upgrade_postgresql()
    else:
        _upgrade_sqlite()


def downgrade() -> None:
    raise NotImplementedError("the trail stays append-only: restore a backup instead of going back")


def _upgrade_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS "
        "$$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse_change()"
        )
        op.execute(f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} EXECUTE FUNCTION refuse_change()")
    op.execute(
        f"CREATE TRIGGER item_versions_keep_words BEFORE UPDATE OF {', '.join(WORDS)} ON item_versions "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )
    op.execute(
        "CREATE TRIGGER item_versions_no_delete BEFORE DELETE ON item_versions FOR EACH ROW EXECUTE FUNCTION refuse_change()"
    )


def _upgrade_sqlite() -> None:
    for table in APPEND_ONLY:
        for verb in ("UPDATE", "DELETE"):
            _sqlite_trigger(f"{table}_no_{verb.lower()}", verb, table)
    _sqlite_trigger("item_versions_keep_words", f"UPDATE OF {', '.join(WORDS)}", "item_versions")
    _sqlite_trigger("item_versions_no_delete", "DELETE", "item_versions")


def _sqlite_trigger(name: str, verb: str, table: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {verb} ON {table} BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END")
