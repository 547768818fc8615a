"""the review room: what the queue sorts and filters by, its search index, kept searches, skips, holds, bulk deeds

What SQL alone cannot tell of flags that are there already (office, severity, place, words) is filled in afterwards by
`models.queue.refreshing.place_missing`, which every upgrade runs.

Revision: 0011
Follows: 0010
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
JSON = sa.JSON().with_variant(postgresql.JSONB(), "postgresql")

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

UNFINISHED = "state != 'dinilai'"
FILTERED = ("region_code", "source_id", "act", "office", "phase", "reason", "due_on")


def upgrade() -> None:
    _add_reference("flags", "source_id", "sources")
    op.add_column("flags", sa.Column("kind", sa.String(40), nullable=True))
    op.add_column("flags", sa.Column("act", sa.String(40), nullable=True))
    op.add_column("flags", sa.Column("office", sa.String(40), nullable=True))
    op.add_column("flags", sa.Column("phase", sa.String(80), nullable=True))
    _add_reference("flags", "cluster_id", "clusters")
    op.add_column("flags", sa.Column("score", sa.Double(), nullable=True))
    op.add_column("flags", sa.Column("severity", sa.String(40), nullable=True))
    op.add_column("flags", sa.Column("reach", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("flags", sa.Column("novelty", sa.Double(), nullable=False, server_default="1"))
    op.add_column("flags", sa.Column("priority_before", sa.Double(), nullable=True))
    op.add_column("flags", sa.Column("placed_in", ID, nullable=False, server_default="0"))
    op.add_column("flags", sa.Column("hold_reason", sa.String(500), nullable=True))
    _add_reference("flags", "handed_by_id", "users")
    op.add_column("flags", sa.Column("handed_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("flags", sa.Column("hand_note", sa.Text(), nullable=True))
    op.add_column("leases", sa.Column("turn", sa.Integer(), nullable=True))
    _make_tables()
    _add_reference("assessments", "bulk_id", "bulk_actions")
    op.create_index(op.f("ix_assessments_bulk_id"), "assessments", ["bulk_id"], unique=False)
    _copy_what_sql_knows()
    _make_indexes()
    _make_search_index()
    _follow_clusters()


def downgrade() -> None:
    raise NotImplementedError("holds, skips and bulk deeds would be forgotten: restore a backup instead of going back")


def _add_reference(table: str, column: str, other: str) -> None:
    """SQLite adds a foreign key only together with its column, which Alembic would write apart."""
    number = "BIGINT" if op.get_bind().dialect.name == "postgresql" else "INTEGER"
    name = f"fk_{table}_{column}_{other}"
    op.execute(f"ALTER TABLE {table} ADD COLUMN {column} {number} CONSTRAINT {name} REFERENCES {other} (id)")


def _make_tables() -> None:
    op.create_table(
        "queue_settings",
        sa.Column("id", ID, nullable=False),
        *(sa.Column(name, sa.Double(), nullable=False) for name in ("score", "severity", "time", "reach", "novelty")),
        sa.Column("oldest_share", sa.Double(), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("set_by", sa.String(length=80), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_settings")),
    )
    op.create_table(
        "queue_generations",
        sa.Column("id", ID, nullable=False),
        sa.Column("cause", sa.String(40), nullable=False),
        sa.Column("changed", ID, nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_queue_generations")),
    )
    op.create_table(
        "saved_searches",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("is_default", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_saved_searches_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_searches")),
        sa.UniqueConstraint("user_id", "name", name=op.f("uq_saved_searches_user_id_name")),
    )
    op.create_table(
        "flag_skips",
        sa.Column("user_id", ID, nullable=False),
        sa.Column("flag_id", ID, nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["flag_id"], ["flags.id"], name=op.f("fk_flag_skips_flag_id_flags")),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_flag_skips_user_id_users")),
        sa.PrimaryKeyConstraint("user_id", "flag_id", name=op.f("pk_flag_skips")),
    )
    op.create_index(op.f("ix_flag_skips_flag_id"), "flag_skips", ["flag_id"], unique=False)
    op.create_table(
        "bulk_actions",
        sa.Column("id", ID, nullable=False),
        sa.Column("user_id", ID, nullable=False),
        sa.Column("deed", sa.String(40), nullable=False),
        sa.Column("values", JSON, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("query", sa.String(length=2000), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("skipped", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("undone_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_bulk_actions_user_id_users")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_bulk_actions")),
    )
    op.create_index(op.f("ix_bulk_actions_user_id"), "bulk_actions", ["user_id"], unique=False)


def _copy_what_sql_knows() -> None:
    op.execute(
        "UPDATE flags SET source_id = (SELECT source_id FROM items WHERE items.id = flags.item_id),"
        " kind = (SELECT kind FROM items WHERE items.id = flags.item_id),"
        " act = (SELECT act FROM predictions WHERE predictions.id = flags.prediction_id),"
        " cluster_id = (SELECT cluster_id FROM cluster_members WHERE cluster_members.item_id = flags.item_id)"
    )


def _make_indexes() -> None:
    for column in FILTERED:
        _partial_index(f"ix_flags_queue_{column}", [column, sa.literal_column("priority DESC"), "id"], UNFINISHED)
    _partial_index("ix_flags_second", [sa.literal_column("priority DESC"), "id"], "state = 'menunggu_penilai_kedua'")
    _partial_index("ix_flags_assessed", ["id"], "state = 'dinilai'")
    _partial_index("ix_flags_waiting", ["created_at", "id"], UNFINISHED)
    _partial_index("ix_flags_in_time", ["due_on"], f"{UNFINISHED} AND priority > -500000.0")
    _partial_index("ix_flags_placed_in", ["placed_in"], "placed_in > 0")
    op.create_index("ix_flags_cluster_id", "flags", ["cluster_id"], unique=False)
    op.create_index("ix_flags_region_office", "flags", ["region_code", "office", "created_at"], unique=False)
    op.create_index("ix_leases_turn", "leases", ["user_id", "turn"], unique=False)


def _partial_index(name: str, columns: list[str | sa.ColumnClause[str]], where: str) -> None:
    op.create_index(name, "flags", columns, unique=False, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _make_search_index() -> None:
    """Stems of the flagged words; `models.queue.words` writes and asks."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE TABLE flag_words ("
            " flag_id BIGINT CONSTRAINT pk_flag_words PRIMARY KEY CONSTRAINT fk_flag_words_flag_id_flags REFERENCES flags (id),"
            " words TSVECTOR NOT NULL)"
        )
        op.execute("CREATE INDEX ix_flag_words_words ON flag_words USING gin (words)")
    else:  # Places of words are not asked for, and leaving them out halves the index.
        op.execute("CREATE VIRTUAL TABLE flag_words USING fts5(words, detail=none)")


def _follow_clusters() -> None:
    """Whoever moves an item between clusters moves its flags too, also where a person decides."""
    events = {"joined": "INSERT", "moved": "UPDATE OF cluster_id", "left": "DELETE"}
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION follow_cluster() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " IF TG_OP = 'DELETE' THEN UPDATE flags SET cluster_id = NULL WHERE item_id = OLD.item_id;"
            " ELSE UPDATE flags SET cluster_id = NEW.cluster_id WHERE item_id = NEW.item_id; END IF; RETURN NULL; END $$"
        )
        for name, event in events.items():
            op.execute(
                f"CREATE TRIGGER cluster_members_{name} AFTER {event} ON cluster_members"
                " FOR EACH ROW EXECUTE FUNCTION follow_cluster()"
            )
        return
    for name, event in events.items():
        item, cluster = ("OLD.item_id", "NULL") if event == "DELETE" else ("NEW.item_id", "NEW.cluster_id")
        follow = f"UPDATE flags SET cluster_id = {cluster} WHERE item_id = {item}"  # noqa: S608 - our own names
        op.execute(f"CREATE TRIGGER cluster_members_{name} AFTER {event} ON cluster_members BEGIN {follow}; END")
