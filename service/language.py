"""Indonesian first, English by a switch: words from texts.yml, dates and numbers through Babel."""

from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import yaml
from babel.dates import format_date, format_datetime, format_timedelta
from babel.numbers import format_decimal, format_percent

from models import now
from models.deadline import local_day
from models.reference import timezone_of

CATALOGUE = Path(__file__).parent / "texts.yml"
LANGUAGES = ("id", "en")
COOKIE = "bahasa"
ZONE_NAMES = {"Asia/Jakarta": "WIB", "Asia/Makassar": "WITA", "Asia/Jayapura": "WIT"}
ODDS = ((0.9, "tinggi"), (0.7, "cukup"), (0.5, "sedang"), (0.0, "rendah"))


@cache
def read_catalogue() -> Mapping[str, Mapping[str, str]]:
    """Key → language → text."""
    return yaml.safe_load(CATALOGUE.read_text(encoding="utf-8"))


class Language:
    """Everything that turns values into words of one language. Templates know it as `l`."""

    def __init__(self, code: str) -> None:
        self.code = code if code in LANGUAGES else LANGUAGES[0]
        self._texts = read_catalogue()

    def __call__(self, key: str, /, **values: object) -> str:
        """The text of a key; an unknown key is an error of ours and fails loudly."""
        return self._texts[key][self.code].format(**values)

    def has(self, key: str) -> bool:
        return key in self._texts

    def label(self, code: str | None) -> str:
        """Name of an act or of a look-alike. Artifacts may bring codes that this catalogue does not know yet."""
        key = f"label.{code}"
        if not code:
            return self("umum.tidak_ada")
        return self(key) if self.has(key) else code.replace("_", " ")

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
        return format_decimal(value, locale=self.code)

    def percent(self, value: float) -> str:
        return format_percent(value, locale=self.code)

    def chance(self, probability: float) -> str:
        """A probability in percent. No machine is certain, so never 0 % and never 100 %."""
        if probability > 0.99:
            return f"> {self.percent(0.99)}"
        return f"< {self.percent(0.01)}" if probability < 0.01 else self.percent(probability)

    def odds(self, probability: float) -> str:
        """A probability in one word, beside the number and never instead of it."""
        shown = round(probability, 2)
        step = next(name for least, name in ODDS if shown >= least or least == 0.0)
        return self(f"peluang.{step}")

    def day(self, value: date | None) -> str:
        return format_date(value, "d MMM yyyy", locale=self.code) if value else self("umum.tidak_ada")

    def moment(self, value: datetime | None, region_code: str | None = None) -> str:
        """A moment in the zone of its region, with the zone's name."""
        if value is None:
            return self("umum.tidak_ada")
        zone = timezone_of(region_code)
        local = value.astimezone(ZoneInfo(zone))
        clock = "HH.mm" if self.code == "id" else "HH:mm"
        return f"{format_datetime(local, f'd MMM yyyy, {clock}', locale=self.code)} {ZONE_NAMES[zone]}"

    def ago(self, value: datetime) -> str:
        return format_timedelta(value - now(), add_direction=True, locale=self.code)

    def minutes_until(self, value: datetime) -> int:
        return max(0, round((value - now()).total_seconds() / 60))

    def days_left(self, due_on: date, region_code: str | None) -> int:
        """Whole days to the end of the legal clock, on the region's own calendar."""
        return (due_on - local_day(now(), region_code)).days

    def deadline(self, due_on: date, region_code: str | None) -> str:
        days = self.days_left(due_on, region_code)
        if days < 0:
            return self("tenggat.lewat")
        return self("tenggat.hari_ini") if days == 0 else self("tenggat.sisa", days=days)
