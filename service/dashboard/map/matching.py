"""Which feature is which province: by Kemendagri code, or by name. A doubt is a row for a person, never a guess.

BPS numbers the six provinces of Papua otherwise than Kemendagri (BPS 91 is Papua Barat, Kemendagri 91 is Papua), and files
of before 2022 hold an old Papua: there a code alone proves nothing.
"""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Region, RegionAlias
from service.dashboard.map.errors import MapRefused, ProvincesUnclear, Unmatched
from service.dashboard.map.geojson import Feature

PAPUA = {"91", "92", "93", "94", "95", "96"}
KEMENDAGRI_ONLY, BPS_ONLY = "93", "97"
FIRST_WORDS = re.compile(
    r"^(provinsi|propinsi|prov|daerah istimewa|daerah khusus ibukota|daerah khusus ibu kota|daerah khusus|d i|di|dki) "
)
LONGEST_NAME = 120

Reader = Callable[[Any], str | None]
"""From the value of a property to a code."""


class Provinces:
    """Codes and names of the provinces, as the house's tables have them."""

    def __init__(self, session: Session) -> None:
        rows = session.execute(select(Region.code, Region.name).where(Region.parent_code.is_(None)).order_by(Region.code))
        self.names: dict[str, str] = {row[0]: row[1] for row in rows}
        aliases = session.execute(select(RegionAlias.alias, RegionAlias.region_code)).all()
        self._by_name = {plain(name): code for code, name in self.names.items()}
        self._by_name |= {plain(alias): code for alias, code in aliases if code in self.names}

    def by_code(self, value: Any) -> str | None:
        text = str(int(value)) if type(value) is float and value.is_integer() else str(value).strip()
        return text if type(value) in {int, float, str} and text in self.names else None

    def by_name(self, value: Any) -> str | None:
        return self._by_name.get(plain(value)) if isinstance(value, str) and len(value) <= LONGEST_NAME else None


def plain(name: str) -> str:
    """Without capitals, signs and the words that officials put first.

    >>> plain("PROVINSI D.I. Yogyakarta")
    'yogyakarta'
    """
    words, before = " ".join(re.findall(r"[a-z]+", name.casefold())), ""
    while words != before:
        words, before = FIRST_WORDS.sub("", words), words
    return re.sub(r"^kep ", "kepulauan ", words)


def match_provinces(
    features: Sequence[Feature], provinces: Provinces, *, key: str = "", is_partial: bool = False
) -> dict[str, Feature]:
    """Code → feature. Two for one code, or a code that its name gainsays, is refused even where part of them is enough."""
    coded, named = _find_properties(features, provinces, key)
    found, doubts, unknown = dict[str, Feature](), list[Unmatched](), list[Unmatched]()
    for feature in features:
        code, by_name = _read(feature, coded, provinces.by_code), _read(feature, named, provinces.by_name)
        if code and by_name and code != by_name:
            reason = f"{coded} says {code} ({provinces.names[code]}), {named} says {provinces.names[by_name]} ({by_name})"
            doubts.append(Unmatched(str(feature), code, reason))
        elif (own := code or by_name) is None:
            unknown.append(Unmatched(str(feature), "", "no province of that code or name"))
        elif own in found:
            doubts.append(Unmatched(str(feature), own, f"{provinces.names[own]} is feature {found[own]} already"))
        else:
            found[own] = feature
    doubts += _doubt_papua(features, found, coded, named, provinces)
    missing = [Unmatched("", code, f"{name} has no feature") for code, name in provinces.names.items() if code not in found]
    if doubts or ((unknown or missing) and not is_partial):
        raise ProvincesUnclear(_say(coded, named, is_certain=not doubts), [*doubts, *unknown, *missing])
    return found


def _find_properties(features: Sequence[Feature], provinces: Provinces, key: str) -> tuple[str, str]:
    """The properties with the codes and with the names; empty for none. A named property with names is read alone."""
    if key and not any(key in feature.properties for feature in features):
        some = ", ".join(sorted(features[0].properties)[:12]) or "none"
        raise MapRefused(f"no feature has a property {key[:40]!r}; the first one has {some}")
    counts = [_count(features, [key] if key else None, read) for read in (provinces.by_code, provinces.by_name)]
    coded, named = (max(count, key=count.__getitem__, default="") for count in counts)
    if key:
        by_code = counts[0][key] >= counts[1][key]
        return (key, _best(features, provinces.by_name)) if by_code else ("", key)
    is_whole = bool(coded) and counts[0][coded] == len(features)  # A running number fits some codes by chance.
    return (coded if is_whole else "", named)


def _best(features: Sequence[Feature], read: Reader) -> str:
    counts = _count(features, None, read)
    return max(counts, key=counts.__getitem__, default="")


def _count(features: Sequence[Feature], keys: Sequence[str] | None, read: Reader) -> Counter[str]:
    """Property → how many provinces its values tell apart: an island's name fits often, and tells few apart."""
    names = keys if keys is not None else list(dict.fromkeys(name for one in features for name in one.properties))[:200]
    counts = {name: len({code for one in features if (code := _read(one, name, read))}) for name in names}
    return Counter({name: count for name, count in counts.items() if count or keys})


def _read(feature: Feature, name: str, read: Reader) -> str | None:
    return read(feature.properties.get(name)) if name else None


def _doubt_papua(
    features: Sequence[Feature], found: dict[str, Feature], coded: str, named: str, provinces: Provinces
) -> list[Unmatched]:
    """Codes of Papua that no name confirms, in a file that is not surely Kemendagri's."""
    values = {str(feature.properties.get(coded)).strip() for feature in features}
    if not coded or (KEMENDAGRI_ONLY in found and BPS_ONLY not in values):
        return []
    unconfirmed = [code for code in sorted(PAPUA & found.keys()) if not _read(found[code], named, provinces.by_name)]
    reason = "BPS gives this code to another province of Papua, and no name confirms it"
    return [Unmatched(str(found[code]), code, reason) for code in unconfirmed]


def _say(coded: str, named: str, *, is_certain: bool) -> str:
    read = (
        " and ".join(f"{what} from {name}" for what, name in (("codes", coded), ("names", named)) if name)
        or "neither code nor name"
    )
    mend = "load what there is with --partial" if is_certain else "name the property with the province's name by --key"
    return f"not every province is found for certain ({read}). Mend the file, or {mend}"
