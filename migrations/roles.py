"""The SQL that makes the roles of PostgreSQL. It is printed and never run: who may make roles is the server's matter."""

from collections.abc import Collection, Iterator

from migrations.grants import CRAWLER, OWNER, READABLE_COLUMNS, READER, SCORER, SERVICE, VERSION, WORKER, Grants, grants_of
from models import Base
from models.queue import words

ROLES = (OWNER, SERVICE, WORKER, CRAWLER, SCORER, READER)
HEAD = """\
-- Roles of netra, each with what its process needs (docs/postgresql.md). Run it as a superuser in the database of netra,
-- after `netra db upgrade`, and again after each upgrade:
--     netra db roles | psql --set ON_ERROR_STOP=1 DATABASE
-- Then give those that sign in by password one: \\password netra_service"""
MAKE = """\
DO $$
DECLARE wanted text;
BEGIN
  FOREACH wanted IN ARRAY ARRAY[{roles}] LOOP
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted) THEN EXECUTE format('CREATE ROLE %I LOGIN', wanted); END IF;
  END LOOP;
  EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
  EXECUTE format('GRANT CONNECT ON DATABASE %I TO {all}', current_database());
  EXECUTE format('GRANT CREATE ON DATABASE %I TO {owner}', current_database());
  EXECUTE format('ALTER DATABASE %I SET idle_in_transaction_session_timeout = ''5min''', current_database());
END $$;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO {all};
ALTER SCHEMA public OWNER TO {owner};"""
OWN = """\
DO $$
DECLARE one record;
BEGIN
  FOR one IN SELECT format('%s %s', CASE relkind WHEN 'S' THEN 'SEQUENCE' ELSE 'TABLE' END, oid::regclass) AS named FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S')
      AND NOT EXISTS
        (SELECT FROM pg_depend WHERE classid = 'pg_class'::regclass AND objid = pg_class.oid AND deptype IN ('a', 'i'))
  LOOP EXECUTE format('ALTER %s OWNER TO {owner}', one.named); END LOOP;
  FOR one IN SELECT oid::regprocedure AS named FROM pg_proc WHERE pronamespace = 'public'::regnamespace
      AND NOT EXISTS (SELECT FROM pg_depend WHERE classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND deptype = 'e')
  LOOP EXECUTE format('ALTER FUNCTION %s OWNER TO {owner}', one.named); END LOOP;
END $$;"""
QUEUE = """\
DO $$
BEGIN
  IF to_regnamespace('netra_jobs') IS NOT NULL THEN
    ALTER SCHEMA netra_jobs OWNER TO {owner};
    GRANT USAGE ON SCHEMA netra_jobs TO {workers};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA netra_jobs TO {workers};
    GRANT USAGE ON ALL SEQUENCES IN SCHEMA netra_jobs TO {workers};
  END IF;
END $$;"""
READ_ONLY = f"""\
ALTER ROLE {READER} SET default_transaction_read_only = on;
ALTER ROLE {READER} SET statement_timeout = '5min';"""


def all_tables() -> frozenset[str]:
    """Names of all tables that a database has after an upgrade."""
    return frozenset(Base.metadata.tables) | {words.NAME} | VERSION


def write_roles() -> Iterator[str]:
    """One transaction of SQL, part by part. It may be run again: what was granted before is taken back first."""
    tables = all_tables()
    others = ", ".join(ROLES[1:])
    yield HEAD
    yield "BEGIN;"
    yield MAKE.format(roles=", ".join(f"'{role}'" for role in ROLES), all=", ".join(ROLES), owner=OWNER)
    yield OWN.format(owner=OWNER)
    yield f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {others};"
    yield f"REVOKE ALL ON ALL SEQUENCES IN SCHEMA public FROM {others};"
    for role, grants in grants_of(tables).items():
        yield "\n".join(_write(role, grants))
    yield f"GRANT SELECT ({', '.join(READABLE_COLUMNS['users'])}) ON users TO {READER};"
    yield QUEUE.format(owner=OWNER, workers=f"{OWNER}, {WORKER}, {CRAWLER}, {SCORER}")
    yield READ_ONLY
    yield "COMMIT;"


def _write(role: str, grants: Grants) -> Iterator[str]:
    yield f"-- {role}"
    for verb in ("select", "insert", "update", "delete"):
        if names := getattr(grants, verb):
            yield f"GRANT {verb.upper()} ON {_list(names)} TO {role};"
    for table, columns in grants.update_columns.items():
        yield f"GRANT UPDATE ({', '.join(columns)}) ON {table} TO {role};"
    if numbered := {f"{table}_id_seq" for table in grants.insert if _is_numbered(table)}:
        yield f"GRANT USAGE ON SEQUENCE {_list(numbered)} TO {role};"


def _is_numbered(table: str) -> bool:
    known = Base.metadata.tables.get(table)
    return known is not None and known.autoincrement_column is not None


def _list(names: Collection[str]) -> str:
    return ", ".join(f'"{name}"' for name in sorted(names))
