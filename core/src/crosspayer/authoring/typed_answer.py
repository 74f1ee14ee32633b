"""What a person types in answer to a question, as the value of a fact; what does not fit is refused, not guessed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.model import LIMITS, MAX_TEXT

YES, NO = ("yes", "y", "true"), ("no", "n", "false")
NONE = "none"
CODE = re.compile(r"[A-Z0-9][A-Z0-9.]*")
AMOUNT = re.compile(r"[0-9]{1,9}(\.[0-9]{1,2})?")


class Refused(ValueError):
    """An answer that does not fit; the message says how to write it, and never repeats it."""


def typed_answer(text: str, fact: Fact) -> Any:
    """The value of a fact as plain data (days as ISO text). Raises `Refused`."""
    said = text.strip()
    match fact.type:
        case Type.BOOLEAN:
            if said.lower() not in (*YES, *NO):
                raise Refused("Write yes or no, or press Enter where it is not known.")
            return said.lower() in YES
        case Type.WORD:
            return choice(said, fact.words)
        case Type.INTEGER:
            if not re.fullmatch(r"-?[0-9]{1,9}", said):
                raise Refused(f"Write a whole number{_limits(fact)}.")
            return _within(int(said), fact)
        case Type.MONEY:
            if not AMOUNT.fullmatch(said):
                raise Refused(f"Write an amount with a point and at most two decimals{_limits(fact)}.")
            return _within(float(said), fact)
        case Type.DATE:
            return _day(said)
        case Type.CODES:
            return _codes(said, fact)
        case Type.CODE:
            return _code(said.upper(), fact)
        case _:
            if not 0 < len(said) <= MAX_TEXT or (fact.pattern and not re.fullmatch(fact.pattern, said)):
                raise Refused(_form(fact))
            return said


def choice(said: str, words: Sequence[str]) -> str:
    """One of the words, given in full or by its number from 1. Raises `Refused`."""
    for word in words:
        if said.lower() in (word.lower(), word.lower().replace("_", " ")):
            return word
    if re.fullmatch(r"[0-9]{1,4}", said) and 1 <= int(said) <= len(words):
        return words[int(said) - 1]
    raise Refused(f"Write one of the words, or its number from 1 to {len(words)}.")


def _day(said: str) -> str:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        day = None
    if day is None or day.isoformat() != said:
        raise Refused("Write a day that exists as YYYY-MM-DD.")
    return said


def _codes(said: str, fact: Fact) -> list[str]:
    if said.lower() == NONE:
        return []
    found = [_code(part.upper(), fact) for part in re.split(r"[\s,;]+", said) if part]
    most = LIMITS["modifiers" if fact.path.endswith("modifiers") else "codes"]
    if not found or len(found) > most:
        raise Refused(f"Write at most {most} codes with spaces between them, or none where there are none.")
    return found


def _code(said: str, fact: Fact) -> str:
    if not (re.fullmatch(fact.pattern, said) if fact.pattern else CODE.fullmatch(said)) or len(said) > MAX_TEXT:
        raise Refused(_form(fact))
    return said


def _form(fact: Fact) -> str:
    if fact.type is Type.TIME:
        return "Write a time of day as HH:MM, from 00:00 to 23:59."
    return f"Write it in the form {fact.pattern}." if fact.pattern else f"Write it with at most {MAX_TEXT} characters."


def _within(number: Any, fact: Fact) -> Any:
    if (fact.low is not None and number < fact.low) or (fact.high is not None and number > fact.high):
        raise Refused(f"Write a number{_limits(fact)}.")
    return number


def _limits(fact: Fact) -> str:
    low = f" from {fact.low}" if fact.low is not None else ""
    return low + (f" to {fact.high}" if fact.high is not None else "")
