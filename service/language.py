"""Indonesian first, English by a switch: words from texts/, dates and numbers through Babel."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from models import now
from models.legal.deadline import local_day
from models.reference import timezone_of

TEXTS = Path(__file__).parent / "texts"
LANGUAGES = ("id", "en")
COOKIE = "bahasa"
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""As safe as SafeLoader and ten times as fast, where PyYAML was built with libyaml."""
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
ODDS = ((0.9, "tinggi"), (0.7, "cukup"), (0.5, "sedang"), (0.0, "rendah"))


@cache
def read_catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key → language → text, of all rooms."""
    catalogue = dict[str, Mapping[str, str]]()
    for path in sorted(TEXTS.glob("*.yml")):
        texts = yaml.load(path.read_text(encoding="utf-8"), Loader=Loader) or {}  # noqa: S506  (a safe loader)
        if again := catalogue.keys() & texts.keys():
            raise ValueError(f"{path.name}: {', '.join(sorted(again))} stands in another file too")
        catalogue |= texts
    return catalogue


@cache
def plain_texts(code: str) -> dict[str, str]:
    """The texts of one language that have no gaps: most of what a page says, ready as it is."""
    return {key: texts[code] for key, texts in read_catalogue().items() if not set("{}") & set(texts.get(code, "{"))}


@lru_cache(maxsize=4096)
def format_number(value: float, code: str) -> str:
    return format_decimal(value, locale=code)


@lru_cache(maxsize=4096)
def format_share(value: float, code: str) -> str:
    return format_percent(value, locale=code)


@lru_cache(maxsize=4096)
def format_day(value: date, pattern: str, code: str) -> str:
    return format_date(value, pattern, locale=code)


@lru_cache(maxsize=4096)
def format_minute(minute: datetime, code: str) -> str:
    """A local moment up to its minute: seconds are not shown, so they are cut off before."""
    clock = "HH.mm" if code == "id" else "HH:mm"
    return format_datetime(minute, f"d MMM yyyy, {clock}", locale=code)


class Language:
    """Everything that turns values into words of one language. Templates know it as `l`."""

    def __init__(self, code: str) -> None:
        self.code = code if code in LANGUAGES else LANGUAGES[0]
        self._texts = read_catalogue()
        self._plain = plain_texts(self.code)

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key; an unknown key is an error of ours and fails loudly."""
        plain = self._plain.get(key)
        return plain if plain is not None else self._texts[key][self.code].format(**values)

    def has(self, key: str) -> bool:
        return key in self._texts

    def pattern(self, key: str) -> str:
        """The text of a key with its gaps: `Held by {holder}.`"""
        return self._texts[key][self.code] if key in self._texts else key

    def keys(self, prefix: str) -> list[str]:
        return sorted(key for key in self._texts if key.startswith(prefix))

    def label(self, code: str | None) -> str:
        """Name of an act or of a look-alike. Artifacts may bring codes that this catalogue does not know yet."""
        key = f"label.{code}"
        if not code:
            return self("umum.tidak_ada")
        return self(key) if self.has(key) else code.replace("_", " ")

    def facet(self, field: str, value: str) -> str:
        """A value of one of the queue's fields, as people call it."""
        if field == "act":
            return self.label(value)
        if field == "phase":
            return self.phase(value)
        prefix = {"office": "jabatan", "kind": "jenis", "reason": "sebab", "days": "sisa"}.get(field)
        key = f"{prefix}.{value}"
        return self(key) if prefix and self.has(key) else value.replace("_", " ")

    def action(self, code: str) -> str:
        key = f"jejak.aksi.{code}"
        return self(key) if self.has(key) else code

    def subject(self, kind: str) -> str:
        key = f"perihal.{kind}"
        return self(key) if self.has(key) else kind

    def phase(self, name: str) -> str:
        key = f"tahapan.{name}"
        return self(key) if self.has(key) else name.replace("_", " ")

    def number(self, value: float) -> str:
        return format_number(value, self.code)

    def percent(self, value: float) -> str:
        return format_share(value, self.code)

    def chance(self, probability: float) -> str:
        """A probability in percent. No machine is certain, so never 0 % and never 100 %."""
        if probability > 0.99:
            return f"> {self.percent(0.99)}"
        return f"< {self.percent(0.01)}" if probability < 0.01 else self.percent(round(probability, 2))

    def odds(self, probability: float) -> str:
        """A probability in one word, beside the number and never instead of it."""
        shown = round(probability, 2)
        step = next(name for least, name in ODDS if shown >= least or least == 0.0)
        return self(f"peluang.{step}")

    def day(self, value: date | None) -> str:
        return format_day(value, "d MMM yyyy", self.code) if value else self("umum.tidak_ada")

    def month(self, value: date) -> str:
        return format_day(value, "MMM yyyy", self.code)

    def half_year(self, first_on: date) -> str:
        return f"{self.month(first_on)} – {self.month(first_on.replace(month=first_on.month + 5))}"

    def fives(self, at_least: int) -> str:
        """A published number: the true one is one of these five."""
        return f"{self.number(at_least)}–{self.number(at_least + 4)}"

    def moment(self, value: datetime | None, region_code: str | None = None) -> str:
        """A moment in the zone of its region, with the zone's name."""
        if value is None:
            return self("umum.tidak_ada")
        zone = timezone_of(region_code)
        # Without its zone: the same moment in two zones is equal, and is told differently.
        local = value.astimezone(ZoneInfo(zone)).replace(second=0, microsecond=0, tzinfo=None)
        return f"{format_minute(local, self.code)} {ZONE_NAMES[zone]}"

    def ago(self, value: datetime) -> str:
        return format_timedelta(value - now(), add_direction=True, locale=self.code)

    def minutes_until(self, value: datetime) -> int:
        return max(0, round((value - now()).total_seconds() / 60))

    def days_left(self, due_on: date, region_code: str | None) -> int:
        """Whole days to the end of the legal clock, on the region's own calendar."""
        return (due_on - local_day(now(), region_code)).days

    def deadline(self, due_on: date, region_code: str | None) -> str:
        return self.days(self.days_left(due_on, region_code))

    def days(self, left: int) -> str:
        """What is left of a legal clock, in words."""
        if left < 0:
            return self("tenggat.lewat")
        return self("tenggat.hari_ini") if left == 0 else self("tenggat.sisa", days=left)
