"""What a cell of a table says: a value of one type, or why it is none. No cell is ever quoted, and none is guessed."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Any

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import MAX_TEXT

DATES = {
    "YYYYMMDD": re.compile(r"(?P<y>[0-9]{4})(?P<m>[0-9]{2})(?P<d>[0-9]{2})"),
    "YYYY-MM-DD": re.compile(r"(?P<y>[0-9]{4})-(?P<m>[0-9]{2})-(?P<d>[0-9]{2})"),
    "MM/DD/YYYY": re.compile(r"(?P<m>[0-9]{1,2})/(?P<d>[0-9]{1,2})/(?P<y>[0-9]{4})"),
}
"""The ways a day may be written. A year of two digits is none: which century it means would be a guess."""
MIDNIGHT = re.compile(r"(?P<day>[^ T]+)[ T](00?:00(:00(\.0+)?)?|12:00(:00)? AM)")
"""A day as many databases export it."""
WHOLE = re.compile(r"([0-9]{1,9})(?:\.0*)?")
AMOUNT = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,2})?0*")
MOST_REMEMBERED = 20_000


class Misfit(Exception):
    """The cell cannot be this column's; `remedy` says what it should be. No cell is ever quoted."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy)
        self.what, self.remedy = what, remedy


def day_in(text: str, formats: Iterable[str]) -> date:
    """The day a cell names in one of the formats (keys of `DATES`). Raises `Misfit`."""
    for form in formats:
        found = DATES[form].fullmatch(text)
        if found is not None:
            try:
                return date(int(found["y"]), int(found["m"]), int(found["d"]))
            except ValueError:
                break
    raise Misfit("is no date", f"write it as {' or '.join(formats)}")


Read = Callable[[str], Any]
"""From a cell that says something to its value. Raises `Misfit`."""


def reader(fact: Fact, given: Mapping[str, Any]) -> Read:
    """How the cells of a column are read as a fact's values; `given` is the column as the map writes it.

    It remembers what it read, since the cells of a feed repeat: the same few texts, over and over.
    """
    values = given.get("values")
    if values is not None:
        return _remembering(lambda text: _listed(text, values))
    match fact.type:
        case Type.BOOLEAN:
            return lambda text: _listed(text, {"true": True, "false": False})
        case Type.WORD:
            return lambda text: _listed(text, {word: word for word in fact.words})
        case Type.INTEGER:
            return _remembering(lambda text: _whole(text, fact))
        case Type.MONEY:
            currency, thousands = given.get("currency", ""), given.get("thousands", "")
            return _remembering(lambda text: _amount(text, fact, currency, thousands))
        case Type.DATE:
            return _remembering(lambda text: _day(text, tuple(given["dates"])))
        case _:
            fits = re.compile(fact.pattern).fullmatch if fact.pattern else None
            return _remembering(lambda text: _text(text, fact, fits))


def codes_reader(fact: Fact, given: Mapping[str, Any]) -> Callable[[str], tuple[str, ...]]:
    """How a cell is read as codes: several, in their order, where `split` says what stands between them."""
    one = reader(fact, given)
    apart = str.maketrans(dict.fromkeys(given.get("split", ""), "\0"))

    def read(text: str) -> tuple[str, ...]:
        return tuple(one(part.strip()) for part in text.translate(apart).split("\0") if part.strip())

    return _remembering(read)


def _remembering(read: Read) -> Read:
    known: dict[str, Any] = {}

    def remembered(text: str) -> Any:
        try:
            return known[text]
        except KeyError:
            if len(known) >= MOST_REMEMBERED:
                known.clear()
            value = known[text] = read(text)
            return value

    return remembered


def _listed(text: str, values: Mapping[str, Any]) -> Any:
    try:
        return values[text]
    except KeyError:
        words = list(values)
        shown = f"{', '.join(words[:8])}{' …' if len(words) > 8 else ''}"
        raise Misfit("is none of the known cells", f"it may be {shown}; add others to the map") from None


def _whole(text: str, fact: Fact) -> int:
    found = WHOLE.fullmatch(text)
    if found is None:
        raise Misfit("is no whole number", "write it in digits, without sign or separator")
    return int(_bounded(int(found[1]), fact))


def _amount(text: str, fact: Fact, currency: str, thousands: str) -> float:
    if currency:
        text = text.removeprefix(currency).strip()
    if thousands:
        before, point, after = text.partition(".")
        groups = before.split(thousands)
        if len(groups) > 1 and (not 1 <= len(groups[0]) <= 3 or any(len(group) != 3 for group in groups[1:])):
            raise Misfit("is no amount", "correct its thousands")
        text = "".join(groups) + point + after
    if not AMOUNT.fullmatch(text):
        remedy = "write digits with at most two decimals; say currency and thousands in the map"
        raise Misfit("is no amount", remedy)
    return float(_bounded(float(text), fact))


def _bounded(number: float, fact: Fact) -> float:
    if fact.low is not None and fact.high is not None and not fact.low <= number <= fact.high:
        raise Misfit("is out of bounds", f"it may be {fact.low} to {fact.high}")
    return number


def _day(text: str, forms: tuple[str, ...]) -> str:
    midnight = MIDNIGHT.fullmatch(text)
    return day_in(midnight["day"] if midnight else text, forms).isoformat()


def _text(text: str, fact: Fact, fits: Callable[[str], object] | None) -> str:
    if not text.isprintable() or len(text) > MAX_TEXT:
        raise Misfit("is no identifier", f"write at most {MAX_TEXT} printable characters")
    if fits is not None and not fits(text):
        raise Misfit(f"is no {fact.meaning}", f"write it as {fact.pattern}")
    return text
