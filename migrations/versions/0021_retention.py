"""let what has had its time be erased, and nothing else: tombstones of texts and copies, and legal holds

A version may lose its words once, as a whole, when it says when and under which rule; a snapshot its address and headers.
Every hash stays. All other changes are refused as before.

Revision: 0021
Follows: 0020
"""

import sqlalchemy as sa
from alembic import op

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True)

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

VERSION_WORDS = ("title", "text", "author", "author_name", "author_bio")
VERSION_KEPT = ("id", "item_id", "number", "text_sha256", "published_at", "snapshot_id", "created_at")
SNAPSHOT_KEPT = (
    *("id", "fetched_at", "sha256", "byte_count", "content_type", "http_status"),
    *("warc_file", "warc_offset", "warc_length", "warc_sha256"),
)


def upgrade() -> None:
    for table in ("item_versions", "snapshots"):
        op.add_column(table, sa.Column("erased_at", MOMENT, nullable=True))
        op.add_column(table, sa.Column("erased_rule", sa.String(60), nullable=False, server_default=""))
    op.add_column("snapshots", sa.Column("tombstone_sha256", sa.String(64), nullable=False, server_default=""))
    marked = sa.text("erased_at IS NOT NULL AND tombstone_sha256 = ''")
    op.create_index(
        "ix_snapshots_to_erase", "snapshots", ["warc_file", "warc_offset"], sqlite_where=marked, postgresql_where=marked
    )
    op.create_index(op.f("ix_item_versions_snapshot_id"), "item_versions", ["snapshot_id"])
    op.create_index(op.f("ix_version_parts_snapshot_id"), "version_parts", ["snapshot_id"])
    _make_holds()
    _let_words_go()
    _let_copies_go()


def downgrade() -> None:
    raise NotImplementedError("what was erased does not come back: restore a backup instead of going back")


def _make_holds() -> None:
    op.create_table(
        "legal_holds",
        sa.Column("id", ID, nullable=False),
        sa.Column("item_id", ID, nullable=False),
        sa.Column("reason", sa.String(500), nullable=False),
        sa.Column("held_by", sa.String(80), nullable=False),
        sa.Column("held_at", MOMENT, nullable=False),
        sa.Column("released_at", MOMENT, nullable=True),
        sa.Column("released_by", sa.String(80), nullable=False, server_default=""),
        sa.ForeignKeyConstraint(["item_id"], ["items.id"], name=op.f("fk_legal_holds_item_id_items")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_legal_holds")),
    )
    op.create_index(op.f("ix_legal_holds_item_id"), "legal_holds", ["item_id"])


def _let_words_go() -> None:
    emptied = [f"NEW.{column} = ''" for column in VERSION_WORDS]
    erased = " AND ".join(
        [
            "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.erased_rule <> ''",
            *emptied,
            f"NEW.fields = {_json('{}')}",
            *_unchanged(VERSION_KEPT),
        ]
    )
    guarded = ", ".join((*VERSION_WORDS, *VERSION_KEPT[1:], "fields", "erased_at", "erased_rule"))
    _drop_trigger("item_versions_keep_words", "item_versions")
    _drop_trigger("item_versions_keep_fields", "item_versions")
    _refuse_unless(erased, "item_versions_keep_words", f"UPDATE OF {guarded}", "item_versions")


def _let_copies_go() -> None:
    """First its address goes; once its bytes are gone too, the hash of what stands in their place is written down."""
    marked = (
        "OLD.erased_at IS NULL AND NEW.erased_at IS NOT NULL AND NEW.erased_rule <> '' AND NEW.url = ''"
        f" AND NEW.http_headers = {_json('[]')} AND NEW.tombstone_sha256 = ''"
    )
    finished = " AND ".join(
        [
            "OLD.erased_at IS NOT NULL AND OLD.tombstone_sha256 = '' AND NEW.tombstone_sha256 <> ''",
            *_unchanged(("erased_at", "erased_rule", "url", "http_headers")),
        ]
    )
    erased = f"(({marked}) OR ({finished})) AND {' AND '.join(_unchanged(SNAPSHOT_KEPT))}"
    _drop_trigger("snapshots_keep", "snapshots")
    _refuse_unless(erased, "snapshots_keep", "UPDATE", "snapshots")


def _refuse_unless(condition: str, name: str, event: str, table: str) -> None:
    if _is_postgresql():
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW WHEN (({condition}) IS NOT TRUE)"
            " EXECUTE FUNCTION refuse_change()"
        )
    else:
        op.execute(
            f"CREATE TRIGGER {name} BEFORE {event} ON {table} WHEN ({condition}) IS NOT TRUE"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _drop_trigger(name: str, table: str) -> None:
    op.execute(f"DROP TRIGGER {name} ON {table}" if _is_postgresql() else f"DROP TRIGGER {name}")


def _unchanged(columns: tuple[str, ...]) -> list[str]:
    same = "IS NOT DISTINCT FROM" if _is_postgresql() else "IS"
    return [f"NEW.{column} {same} OLD.{column}" for column in columns]


def _json(text: str) -> str:
    return f"'{text}'::jsonb" if _is_postgresql() else f"'{text}'"


def _is_postgresql() -> bool:
    return op.get_bind().dialect.name == "postgresql"
