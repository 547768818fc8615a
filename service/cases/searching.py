"""Which cases words find: a masked name is found by nobody who may not open it, or asking would spell it out."""

from sqlalchemy import ColumnElement, func, not_, or_, select, true
from sqlalchemy.orm import Session

from models import Case, Permission
from service.accounts.actor import Actor
from service.cases.privacy import masker_for, may_hide
from service.cases.repository import visible

MOST_MASKED = 10_000
"""Cases whose titles one search reads as they are shown; of more, only those without a name are searched."""


def match(word: str) -> ColumnElement[bool]:
    """In what is stored."""
    fields = (Case.title, Case.office, Case.agency)
    return or_(*(func.lower(field).contains(word.lower(), autoescape=True) for field in fields))


def is_shown(session: Session, actor: Actor, words: list[str], found: list[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Of the cases that were found in what is stored, those in which this person is shown all of the words."""
    has_name = or_(Case.subject_name != "", Case.subject_number != "")
    is_masked = visible(actor, Permission.OPEN_NAMES).is_not(true()) & has_name
    columns = (Case.id, Case.title, Case.office, Case.agency, Case.subject_name, Case.subject_number)
    rows = session.execute(select(*columns).where(*found, is_masked).limit(MOST_MASKED + 1)).all()
    if len(rows) > MOST_MASKED:
        return not_(is_masked)
    return Case.id.not_in([row[0] for row in rows if not _shows(words, *row[1:])])


def _shows(words: list[str], title: str, office: str, agency: str, name: str, number: str) -> bool:
    """As the list does: there, the title alone is masked."""
    shown = masker_for(name, number)(title) if may_hide(title, name, number) else title
    texts = [text.lower() for text in (shown, office, agency)]
    return all(any(word.lower() in text for text in texts) for word in words)
