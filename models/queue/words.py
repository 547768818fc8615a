"""The search index of the queue: stems of a flag's title and text, on SQLite (FTS5) and PostgreSQL (tsvector) alike.

The index is a table of the engine's own kind, so no class maps it; its name and columns differ only in the key.
"""

import re
from collections.abc import Iterable, Sequence
from typing import cast

from sqlalchemy import BigInteger, ColumnElement, TextClause, TextualSelect, text
from sqlalchemy.orm import Session

from models.flag import Flag
from models.stemming.memo import stem

NAME = "flag_words"
SEARCHED_CHARACTERS = 40_000
LONGEST_WORD = 40  # Nothing longer is a word of any language here, and stemming it could take minutes.
MOST_WORDS = 12
"""Words of one question; more narrow nothing down that a person would type."""

MANY = 20_000
"""Matches from which on flags are asked one by one."""

_WORD = re.compile(r"@\w+|https?://\S+|[^\W_]+")


def is_search_table(name: str | None) -> bool:
    """Whether a table belongs to the index: SQLite keeps four of its own behind the virtual one."""
    return name is not None and (name == NAME or name.startswith(f"{NAME}_"))


def words_of(passage: str) -> list[str]:
    """The different stems of a passage, in order. Accounts and addresses are nothing that anybody may search for.

    >>> words_of("Camat mengajak warga memilih; pemilihan @akun_warga itu…")
    ['camat', 'ajak', 'warga', 'pilih', 'itu']
    """
    found = (token.lower() for token in _WORD.findall(passage[:SEARCHED_CHARACTERS]) if token[0] != "@" and "://" not in token)
    return list(dict.fromkeys(stem(word) for word in found if len(word) <= LONGEST_WORD))


def index_flag(session: Session, flag_id: int, title: str, passage: str) -> None:
    """Write or replace the words of a flag."""
    index_flags(session, [(flag_id, title, passage)])


def index_flags(session: Session, flags: Iterable[tuple[int, str, str]]) -> None:
    """Write or replace the words of several flags, given as id, title and text."""
    found = [(flag_id, words_of(f"{title}\n{passage}")) for flag_id, title, passage in flags]
    if not found:
        return
    if _is_postgresql(session):
        insert = text(
            f"INSERT INTO {NAME} (flag_id, words) VALUES (:id, array_to_tsvector(CAST(:words AS text[])))"  # noqa: S608
            " ON CONFLICT (flag_id) DO UPDATE SET words = excluded.words"
        )
        session.execute(insert, [{"id": flag_id, "words": words} for flag_id, words in found])
        return
    session.execute(text(f"DELETE FROM {NAME} WHERE rowid = :id"), [{"id": flag_id} for flag_id, _ in found])  # noqa: S608
    insert = text(f"INSERT INTO {NAME} (rowid, words) VALUES (:id, :words)")  # noqa: S608
    session.execute(insert, [{"id": flag_id, "words": " ".join(words)} for flag_id, words in found])


def is_common(session: Session, stems: Sequence[str]) -> bool:
    """Whether so many flags bear the stems that a list of them would take longer than asking flag by flag."""
    counted = _ask(session, stems, f"SELECT count(*) FROM (SELECT 1 FROM {NAME} WHERE {{match}} LIMIT {MANY})")  # noqa: S608
    return (session.scalar(counted) or 0) >= MANY


def is_borne(session: Session, stems: Sequence[str]) -> ColumnElement[bool]:
    """Whether a flag bears every one of the stems, in the way that is short: by the list of flags, or asked flag by flag."""
    if is_common(session, stems):
        return flag_bears(session, stems)
    return Flag.id.in_(flag_ids_with(session, stems, are_few=True))


def flag_ids_with(session: Session, stems: Sequence[str], *, are_few: bool = False) -> TextualSelect:
    """Ids of the flags that bear every one of the stems; `are_few` has them found before anything else is asked of these flags.

    PostgreSQL takes a word that it does not know for one of every thousand flags: of ten million it would rather walk
    through all of them in the queue's order until it met enough that bear it. `OFFSET` keeps it from that,
    and would have it read the list of a common word to its end.
    """
    fence = " OFFSET 0" if are_few and _is_postgresql(session) else ""
    asked = _ask(session, stems, f"SELECT {_key(session)} AS flag_id FROM {NAME} WHERE {{match}}{fence}")  # noqa: S608 - our own names
    return asked.columns(flag_id=BigInteger)


def flag_bears(session: Session, stems: Sequence[str]) -> ColumnElement[bool]:
    """Whether a flag bears every one of the stems, asked flag by flag as a statement walks through them in its order."""
    asked = _ask(session, stems, f"EXISTS (SELECT 1 FROM {NAME} WHERE {{match}} AND {NAME}.{_key(session)} = flags.id)")  # noqa: S608
    return cast(ColumnElement[bool], asked)


def _key(session: Session) -> str:
    return "flag_id" if _is_postgresql(session) else "rowid"


def _ask(session: Session, stems: Sequence[str], statement: str) -> TextClause:
    """The statement with its condition, in the words of the engine. Stems are letters and digits, and are quoted anyway."""
    if _is_postgresql(session):
        match = f"{NAME}.words @@ CAST(:stems AS tsquery)"
        asked = " & ".join("'" + stem.replace("\\", "\\\\").replace("'", "''") + "'" for stem in stems[:MOST_WORDS])
    else:
        match = f"{NAME} MATCH :stems"
        asked = " AND ".join('"' + stem.replace('"', '""') + '"' for stem in stems[:MOST_WORDS])
    return text(statement.format(match=match)).bindparams(stems=asked)


def _is_postgresql(session: Session) -> bool:
    return session.get_bind().dialect.name == "postgresql"
