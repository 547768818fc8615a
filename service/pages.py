"""Turning a template and its values into an answer."""

from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.templating import Jinja2Templates
from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from models import Permission
from service.items.service import clean_for
from service.language import COOKIE, Language

FOLDER = Path(__file__).parent
SHORT_TITLE = 110


def make_templates() -> Jinja2Templates:
    """Every template is escaped, whatever its name, and an unknown value is an error."""
    environment = Environment(
        loader=FileSystemLoader(FOLDER / "templates"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(Permission=Permission, title_of=title_of, clean_for=clean_for)
    return Jinja2Templates(env=environment)


def language_of(request: Request) -> Language:
    return Language(request.cookies.get(COOKIE, ""))


def render(request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """A page in the language of the reader. `actor` is there on every page, None before signing in."""
    templates: Jinja2Templates = request.app.state.templates
    context = {
        "l": language_of(request),
        "actor": getattr(request.state, "actor", None),
        "is_demo": request.app.state.settings.demo,
        "here": request.url.path + (f"?{request.url.query}" if request.url.query else ""),
        **values,
    }
    return templates.TemplateResponse(request, template, context, status_code=status)


def see_other(path: str) -> RedirectResponse:
    """After a POST: 303, so that the browser reads the next page instead of repeating the change."""
    return RedirectResponse(path, status_code=303)


def own_path(path: str, otherwise: str = "/antrean") -> str:
    """A path to go back to, if it is one of ours: `//evil.example` and `/\\evil.example` leave the house."""
    is_own = path.startswith("/") and not path.startswith(("//", "/\\")) and path.isprintable()
    return path if is_own else otherwise


def title_of(item: Any, version: Any) -> str:
    """What names an item on screen: its title, or the beginning of a post that has none."""
    text = " ".join((version.title or version.text).split()) or "—"
    text = clean_for(item.kind)(text)
    return text if len(text) <= SHORT_TITLE or version.title else f"{text[:SHORT_TITLE].rstrip()}…"
