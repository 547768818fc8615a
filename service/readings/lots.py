"""Lots that nobody can guess or draw again: they hang on the house's key and on what is drawn for, not on chance."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import Depends, Request

from service.dependencies import get_keys
from service.sealing import Keys

DIGITS = 13
SECOND, GOLDEN = "bacaan-kedua", "butir-emas"


@dataclass(frozen=True)
class Lots:
    keys: Keys
    second_share: float
    golden_share: float

    def asks_second(self, flag_id: int) -> bool:
        """Whether a flag is read by a second person whatever the first one says. Assessing it again changes nothing."""
        return self._draw(SECOND, str(flag_id)) < self.second_share

    def gives_golden(self, user_id: int, turn: int, given: int, *, among: float) -> bool:
        """Whether this turn gives a golden item, where only the part `among` of all turns may give one."""
        return self._draw(GOLDEN, f"{user_id}:{turn}:{given}") < self.golden_share / among

    def choose(self, user_id: int, given: int, count: int) -> int:
        """Which of so many."""
        return int(self._draw(GOLDEN, f"{user_id}:{given}") * count)

    def _draw(self, purpose: str, name: str) -> float:
        """A number from 0 up to 1."""
        return int(self.keys.digest(purpose, name)[:DIGITS], 16) / 16**DIGITS


def get_lots(request: Request) -> Lots:
    settings = request.app.state.settings
    return Lots(get_keys(request), settings.second_reading_share, settings.golden_share)


HouseLots = Annotated[Lots, Depends(get_lots)]
