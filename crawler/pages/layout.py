"""Layouts: where the sites of a family keep the parts of an article, as data. One file a family in layouts/."""

from collections.abc import Mapping
from datetime import date as Day  # `date` is a key of a layout.
from functools import cache
from pathlib import Path
from typing import Annotated, Any

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator

from crawler.pages.selectors import check_selector

Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe as SafeLoader and eight times as fast, where PyYAML was built with libyaml."""

FOLDER = Path(__file__).parent / "layouts"


def _as_list(value: object) -> object:
    """One selector may stand alone."""
    return [value] if isinstance(value, str) else value


Words = Annotated[tuple[str, ...], BeforeValidator(_as_list)]


class Layout(BaseModel):
    """CSS of the parts of a page, the best first; what is left out is found the generic way."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    body: Words = ()
    title: Words = ()
    date: Words = ()
    """Elements or meta tags; a `datetime`, `content` or `data-time` attribute speaks before the text."""
    author: Words = ()
    editor: Words = ()
    section: Words = ()
    tags: Words = ()
    captions: Words = ()
    drop: Words = ()
    """Inside the body, but not of the article."""
    next: Words = ()
    """The link to the next page of the same article."""
    author_pattern: str = ""
    """Names the author in the text of `author`, as its first group."""
    local_stamps: bool = False
    """Stamps of this outlet are in local time, whatever offset they claim."""
    until: Day | None = None
    """The last day on which pages were made like this; none for today's layout."""

    @field_validator("body", "title", "date", "author", "editor", "section", "tags", "captions", "drop", "next")
    @classmethod
    def _check_selectors(cls, selectors: tuple[str, ...]) -> tuple[str, ...]:
        for selector in selectors:
            check_selector(selector)
        return selectors

    def over(self, base: "Layout") -> "Layout":
        """This layout's selectors before those of `base`; what it does not say is as in `base`."""
        said = {name: getattr(self, name) for name in self.model_fields_set}
        merged = {name: (*value, *getattr(base, name)) if isinstance(value, tuple) else value for name, value in said.items()}
        return base.model_copy(update=merged)


class Family(BaseModel):
    """Sites that one content system makes: their hosts, and their layouts from today's back."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    hosts: Words = ()
    """Domains whose pages, with those of their sub-domains, are read by this family when nobody says which."""
    generators: Words = ()
    """What `<meta name=generator>` starts with on sites of the family."""
    layouts: tuple[Layout, ...] = Field(default=(Layout(),), min_length=1)

    def with_page(self, page: Mapping[str, Any] | None) -> "Family":
        """The family as one source states it: its own selectors first. Raises ValueError for keys that no layout has."""
        if not page:
            return self
        own = Layout.model_validate(dict(page))
        return self.model_copy(update={"layouts": tuple(own.over(layout) for layout in self.layouts)})

    def layouts_on(self, day: Day | None) -> tuple[Layout, ...]:
        """All layouts, those of that day first: pages are found in old dress in archives, and in new dress re-rendered."""
        if day is None:
            return self.layouts
        dated = sorted(self.layouts, key=lambda layout: layout.until or Day.max)
        valid = [layout for layout in dated if layout.until is None or layout.until >= day]
        return (*valid, *(layout for layout in reversed(dated) if layout not in valid))


GENERIC = Family(name="generic")


@cache
def load_families() -> dict[str, Family]:
    """Every family by its name; raises ValueError with the file that is wrong."""
    families = {"generic": GENERIC}
    for path in sorted(FOLDER.glob("*.yml")):
        try:
            said = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader)  # noqa: S506  (a safe loader)
            families[path.stem] = Family.model_validate({"name": path.stem, **said})
        except ValueError as error:
            raise ValueError(f"{path.name}: {error}") from error
    return families


@cache
def _family_of_host() -> dict[str, str]:
    return {host: family.name for family in load_families().values() for host in family.hosts}


def family_of(host: str) -> str:
    """The family that knows this host or one above it, else `generic`."""
    known, labels = _family_of_host(), host.lower().split(".")
    return next((known[name] for start in range(len(labels)) if (name := ".".join(labels[start:])) in known), "generic")


def family_of_generator(generator: str) -> str:
    """The family of a content system that signs its pages, else `generic`."""
    signed = (family.name for family in load_families().values() for name in family.generators if generator.startswith(name))
    return next(signed, "generic") if generator else "generic"
