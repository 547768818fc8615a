"""The mail with what is new: plain text and HTML, places and counts, links to our own pages, no name of a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from models import now
from models.settings import Settings
from service.alerts.repository import AlertRow
from service.alerts.saying import path_of, say
from service.language import Language

MOST_LINES = 50
TEMPLATES = Path(__file__).parent.parent / "templates"
PREFERENCES = "/peringatan/langganan"


@dataclass(frozen=True)
class Line:
    sentence: str
    address: str
    moment: str


def own_address(settings: Settings) -> str:
    """Where our pages are, as a reader of mail reaches them."""
    return (settings.public_url or f"http://{settings.host}:{settings.port}").rstrip("/")


def make_digest(settings: Settings, email: str, rows: Sequence[AlertRow], *, more: bool, name: str, way_out: str) -> EmailMessage:
    """`name` tells one digest from another: sent twice, a mail program shows it once. `way_out` ends it without a sign-in."""
    language = Language("id")
    lines = [_line_of(settings, language, row) for row in rows]
    subject = language("peringatan.surel_perihal", count=language.number(len(lines)) + ("+" if more else ""))
    message = make_mail(settings, email, subject, lines, name=name, more=more, way_out=way_out)
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    return message


def make_test(settings: Settings, email: str, name: str) -> EmailMessage:
    """A digest with one line, that of the test."""
    language, home = Language("id"), own_address(settings)
    line = Line(language("peringatan.surel_uji"), f"{home}/peringatan", language.moment(now()))
    way_out = home + PREFERENCES
    return make_mail(settings, email, language("peringatan.surel_uji"), [line], name=name, more=False, way_out=way_out)


def make_mail(
    settings: Settings, email: str, subject: str, lines: Sequence[Line], *, name: str, more: bool, way_out: str
) -> EmailMessage:
    """Plain text first, then the same as HTML."""
    home = own_address(settings)
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.mail_from, email, subject
    message["Date"], message["Message-ID"] = format_datetime(now()), f"<{name}@{urlsplit(home).hostname or 'localhost'}>"
    message["Auto-Submitted"] = "auto-generated"
    message["List-Unsubscribe"] = f"<{way_out}>"
    page, preferences = f"{home}/peringatan", home + PREFERENCES
    message.set_content(_write_plain(lines, more=more, page=page, preferences=preferences, way_out=way_out))
    html = _templates().get_template("alerts/digest.html")
    values = {"l": Language("id"), "lines": lines, "more": more, "page": page, "preferences": preferences, "way_out": way_out}
    message.add_alternative(html.render(values), subtype="html")
    return message


def _write_plain(lines: Sequence[Line], *, more: bool, page: str, preferences: str, way_out: str) -> str:
    """The same without markup."""
    said = Language("id")
    written = [f"- {line.sentence} ({line.moment})\n  {line.address}" for line in lines]
    rest = [said("peringatan.surel_lebih")] if more else []
    links = {"surel_semua": page, "surel_ubah": preferences, "surel_berhenti": way_out}
    foot = "\n".join(f"{said(f'peringatan.{name}')}: {address}" for name, address in links.items())
    return "\n\n".join([said("peringatan.surel_awal"), "\n".join(written), *rest, foot]) + "\n"


def _line_of(settings: Settings, language: Language, row: AlertRow) -> Line:
    moment = language.moment(row.alert.created_at, row.alert.region_code)
    return Line(say(language, row, is_for_mail=True), own_address(settings) + path_of(row), moment)


@cache
def _templates() -> Environment:
    loader = FileSystemLoader(TEMPLATES)
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
