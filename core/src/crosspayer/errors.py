"""How bad input is reported: where, what and how to mend it, in one sentence without a patient's value."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from functools import total_ordering
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


_PARTS = re.compile(r"[./]")


@total_ordering
@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with an input document.

    `origin` is the file as the user named it. `line` and `column` count from 1 (columns in characters) and
    are None where the document has no text, or the place is not known. `path` names the place inside the
    document, as in `rules[2].require.all_of[0].at_lest`; empty means the document itself. `what` continues
    the sentence that `path` begins ("is not a key here"), `remedy` says what to do ("remove it"); neither
    ends with a stop.
    """

    origin: str
    line: int | None
    column: int | None
    path: str
    what: str
    remedy: str

    def __str__(self) -> str:
        """One sentence: `origin:line:column: path: what; remedy.`, leaving out what is not known."""
        place = ":".join(str(part) for part in (self.origin, self.line, self.column) if part)
        says = "; ".join(part for part in (self.what, self.remedy) if part)
        stop = "" if says.endswith((".", "?", "!")) else "."
        return ": ".join(part for part in (place, self.path, says) if part) + stop

    def __lt__(self, other: Problem) -> bool:
        return self._order() < other._order()

    def _order(self) -> tuple[str, int, int, str, str, str]:
        return self.origin, self.line or 0, self.column or 0, self.path, self.what, self.remedy

    def as_dict(self) -> dict[str, str | int | None]:
        """The fields by name, for JSON."""
        return asdict(self)


class InputError(Exception):
    """Input that cannot be used; `problems` says why, sorted and each once."""

    problems: tuple[Problem, ...]

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems)))
        if not self.problems:
            raise ValueError("an InputError needs at least one problem")
        super().__init__(self.problems)  # so that it survives the way back from a worker process

    def __str__(self) -> str:
        return "\n".join(str(problem) for problem in self.problems)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be, whatever its case; None if none is near.

    It is never `word` itself: whoever asks has found that this is not the one. Of dotted names and paths the last parts
    must be near too: as a whole, `plan_of_care.zzz` is near to every fact of a plan of care.
    """
    from difflib import get_close_matches

    spelt = {candidate.casefold(): candidate for candidate in sorted(known, reverse=True) if candidate != word}
    for match in get_close_matches(word.casefold(), spelt, n=9):
        ends = [_PARTS.split(name)[-1] for name in (word.casefold(), match) if _PARTS.search(name)]
        if len(ends) < 2 or get_close_matches(ends[0], ends[1:]):
            return spelt[match]
    return None


def nearest_rule(rule: str, known: Iterable[str]) -> str | None:
    """The known rule, by its full id, that `rule` was probably meant to be; None if none is near.

    A policy and a rule's own name are compared each by itself: as a whole, two rules of one policy are always near.
    """
    policies: dict[str, list[str]] = {}
    for candidate in set(known) - {rule}:
        policy, _, name = candidate.rpartition("/")
        policies.setdefault(policy, []).append(name)
    policy, _, name = rule.rpartition("/")
    for meant in (policy, nearest(policy, policies)):
        names = policies.get(meant or "", ())
        near = name if name in names and meant != policy else nearest(name, names)
        if near:
            return f"{meant}/{near}"
    elsewhere = [policy for policy, names in policies.items() if name in names]
    return f"{elsewhere[0]}/{name}" if len(elsewhere) == 1 else None
