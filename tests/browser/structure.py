"""What a page must have to be read with ears, with a keyboard, or in large letters; what axe-core cannot say is asked here."""

from pathlib import Path
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

STRUCTURE = (Path(__file__).parent / "structure.js").read_text(encoding="utf-8")

OPTIONS = {"rules": {"target-size": {"enabled": True}}}
"""WCAG 2.2 asks for targets of 24 px; axe-core measures them only where it is asked to."""


def problems_of(page: Page, *, without: str = "") -> list[str]:
    """Everything that is wrong with a page as it stands, all that folds opened; `without` is a part that is not ours."""
    page.locator("summary").evaluate_all("all => all.forEach(one => one.parentElement.open = true)")
    problems: list[str] = page.evaluate(STRUCTURE)
    return problems + violations(page, without=without)


def violations(page: Page, *, without: str = "") -> list[str]:
    context: Any = {"exclude": [[without]]} if without else None
    found = Axe().run(page, context=context, options=OPTIONS).response["violations"]
    return [f"{one['id']}: {one['help']}: {[node['html'][:150] for node in one['nodes']][:3]}" for one in found]


def told(found: dict[str, list[str]]) -> str:
    """What was found, page by page; pytest cuts long dictionaries short."""
    return "\n".join(f"{page}\n    " + "\n    ".join(problems) for page, problems in found.items())
