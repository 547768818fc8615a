"""The rows of the queue's table: their template is read once for each look that a line can have, and lines fill its gaps."""

import re
from collections.abc import Sequence
from functools import lru_cache

from jinja2 import Environment
from markupsafe import Markup, escape

from service.language import Language
from service.review.table import Look, Shown, Words

MOST_TAGS = 3
_GAP = re.compile("\2([0-9]+)\3")
"""Characters that no text of the catalogue holds, and that escaping leaves alone."""


def write_rows(environment: Environment, say: Language, lines: Sequence[Shown], *, may_assess: bool, behind: str) -> Markup:
    """`behind` is the filter that leads from a flag to the next one."""
    link = escape(f"?{behind}" if behind else "")
    return Markup("").join([_write(_form(environment, say.code, line.look, may_assess), line, link) for line in lines])


def _write(form: str, line: Shown, behind: Markup) -> Markup:
    id, title, *others = line.words
    return Markup(form.format(behind, id, escape(title), *map(_escape, others), *map(_escape, line.tags)))  # noqa: S704


@lru_cache(maxsize=8192)
def _escape(text: str) -> Markup:
    """What many lines say alike: names of sources, regions, acts."""
    return escape(text)


@lru_cache(maxsize=1024)
def _form(environment: Environment, code: str, look: Look, may_assess: bool) -> str:
    """A row with its gaps, as `str.format` takes it."""
    names = ("behind", *Words._fields)
    gaps = [Markup(f"\2{place}\3") for place in range(len(names) + MOST_TAGS)]  # noqa: S704 - numbers
    known = {"l": Language(code), "look": look, "may_assess": may_assess, "tags": gaps[len(names) :]}
    row = environment.get_template("review/_row.html").render(known, **dict(zip(names, gaps, strict=False)))
    return _GAP.sub(r"{\1}", row.replace("{", "{{").replace("}", "}}"))
