"""Turning a template and its values into an answer."""

from collections.abc import Hashable
from contextlib import nullcontext
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from models import Permission
from service.accounts.actor import Actor
from service.alerts.repository import MOST_COUNTED, count_unread
from service.items.service import clean_for
from service.language import COOKIE, Language
from service.preparing.preparation import say_on_new_page
from service.review.options import options_of

FOLDER = Path(__file__).parent
SHORT_TITLE = 110
MOST_SHARED = 256
"""Parts of pages that are kept; the largest has some fifty thousand characters."""


@cache  # They are the same for every service of a process, and compiling them costs more than most pages.
def make_templates() -> Jinja2Templates:
    """Every template is escaped, whatever its name, and an unknown value is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(MOST_COUNTED=MOST_COUNTED, Permission=Permission, title_of=title_of, clean_for=clean_for)
    environment.globals.update(options_of=options_of)
    return Jinja2Templates(env=environment)


def language_of(request: Request) -> Language:
    return Language(request.cookies.get(COOKIE, ""))


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the language of the reader. `actor` is there on every page, None before signing in."""
    templates: Jinja2Templates = request.app.state.templates
    language = language_of(request)
    actor: Actor | None = getattr(request.state, "actor", None)
    context = {
        "l": language,
        "actor": actor,
        "rights": frozenset(permission for permission, _ in actor.grants) if actor else frozenset[Permission](),
        "is_demo": request.app.state.settings.demo,
        "prepared": say_on_new_page(request.app.state.preparing, language),
        "unread": partial(unread_of, request),
        "shared": partial(write_shared, templates.env, language.code),
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        **values,
    }
    return templates.TemplateResponse(request, template, context, status_code=status)


def write_shared(environment: Environment, code: str, template: str, **values: Hashable) -> Markup:
    """A part that many pages share. It sees the given values and the language alone, so it is written once for each of them."""
    return _write_once(environment, code, template, tuple(values.items()))


@lru_cache(maxsize=MOST_SHARED)
def _write_once(environment: Environment, code: str, template: str, values: tuple[tuple[str, Hashable], ...]) -> Markup:
    return Markup(environment.get_template(template).render(values, l=Language(code)))  # noqa: S704 - escaped by the template


def unread_of(request: Request) -> int:
    """How many alerts the header names. A database that does not answer has said so on the page already."""
    actor: Actor | None = getattr(request.state, "actor", None)
    if actor is None or not (actor.may(Permission.READ_QUEUE) or actor.may(Permission.READ_SOURCES)):
        return 0
    running: Session | None = getattr(request.state, "reading", None)
    try:
        with nullcontext(running) if running else request.app.state.reading() as session:
            return count_unread(session, actor)
    except SQLAlchemyError:
        return 0


def see_other(path: str) -> RedirectResponse:
    """After a POST: 303, so that the browser reads the next page instead of repeating the change."""
    return RedirectResponse(path, status_code=303)


def own_path(path: str, otherwise: str = "/") -> str:
    """A path to go back to, if it is one of ours: `//evil.example` and `/\\evil.example` leave the house."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else otherwise


def title_of(item: Any, version: Any) -> str:
    """What names an item on screen: its title, or the beginning of a post that has none."""
    text = " ".join((version.title or version.text).split()) or "—"
    text = clean_for(item.kind, version.method)(text)
    return text if len(text) <= SHORT_TITLE or version.title else f"{text[:SHORT_TITLE].rstrip()}…"
