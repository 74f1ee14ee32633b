"""Units that timed minutes support, by the day's total and by each code's own midpoint.

Two ways of counting:

- by total ("cms"): the day's timed minutes set the day's units, which are then given out to the codes.
  Source: CMS Pub. 100-04 ch. 5 §20.2. Written as an algorithm, with `m` the minutes of a code: each code gets
  its full quarters `floor(m / 15)`, and the units still left go, one each, to the codes with the largest
  remainders `m mod 15`. Which of the codes with equal remainders at the cut is the clinician's choice: a day
  may have several correct allocations.
- by midpoint ("ama"): each code by itself, a unit once more than half of its 15 minutes is reached.

Minutes are those of one code on one day. Lines of the same code are added together with `by_code` first. What
belongs to one day (discipline, rendering provider) is for the caller to decide.

A result for minutes that are not fully known is the range over every way of completing them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from math import comb

from crosspayer.timed.interval import Interval, Minutes

QUARTER = 15
"""Minutes in a full unit."""

MIDPOINT = 8
"""Fewest minutes that make a unit."""

MAX_ALLOCATIONS = 1000
"""Most allocations that `allocations` lists."""


def units_for_minutes(minutes: int) -> int:
    """Units for timed minutes, `floor((minutes + 7) / 15)`: one from 8 minutes, two from 23, three from 38 …

    Raises ValueError for negative minutes. Source: CMS Pub. 100-04 ch. 5 §20.2.
    """
    if minutes < 0:
        raise ValueError("minutes must be 0 or more")
    return (minutes + QUARTER - MIDPOINT) // QUARTER


def day_units(minutes: Sequence[Minutes], complete: bool) -> Interval:
    """Units that the day's total supports when these are the countable minutes of its timed lines or codes.

    `complete=False` means that the day may have further timed lines, so the result has no upper bound. The
    range is exact: both ends are reached by some completion.
    """
    total = Interval(0, 0 if complete else None)
    for line in minutes:
        total = total.plus(Interval.of(line))
    return total.lift(units_for_minutes)


def ama_line_units(minutes: Sequence[Minutes]) -> tuple[Interval, ...]:
    """Units of each code by its own midpoint, whatever the day's other codes are."""
    return tuple(Interval.of(line).lift(units_for_minutes) for line in minutes)


def cms_line_units(minutes: Sequence[Minutes], complete: bool) -> tuple[Interval, ...]:
    """Units that each code has in some correct allocation of the day's total, in the order given.

    `complete=False` means that the day may have further timed lines, of any number and any minutes. The
    ranges are for the minutes that are listed: a further line of a listed code (the part of an assistant) has
    units of its own.

    Guaranteed, for known and unknown minutes alike: each range holds every number of units that the code has
    in any correct allocation of any completion, and both its ends are reached (`high = None`: every number is
    exceeded). The ranges of different codes are not independent: `day_units` judges their sum.
    """
    # Only the remainders r matter. With S their sum, floor((S + 7) / 15) units are left to give out. Code i
    #   can get one     if they are more than the larger remainders:      S - 15 * #{r_j > r_i}          >= 8
    #   can go without  if the other remainders as large as r_i suffice:  S - 15 * #{j != i: r_j >= r_i} <  8
    # Each other code enters these sums by itself, so each is set to what suits code i best. The first is
    # easier the larger r_i is, the second the smaller: the most and the least minutes of code i are enough.
    lines = [Interval.of(line) for line in minutes]
    remainders = [_remainders(line) for line in lines]
    ranges = []
    for position, line in enumerate(lines):
        others = remainders[:position] + remainders[position + 1 :]
        ranges.append(Interval(_fewest_units(line.low, others, complete), _most_units(line.high, others, complete)))
    return tuple(ranges)


def allocations(minutes: Sequence[int]) -> frozenset[tuple[int, ...]]:
    """Every correct allocation of the day's total to codes with these minutes, in the order of the codes.

    Raises ValueError for negative minutes, and where ties at the cut allow more than `MAX_ALLOCATIONS`.
    """
    left = _units_of_total(minutes) - sum(_quarters(minutes))
    ranked = sorted((line % QUARTER for line in minutes), reverse=True)
    cut = ranked[left - 1] if left else QUARTER
    served = [line // QUARTER + (line % QUARTER > cut) for line in minutes]
    tied = [position for position, line in enumerate(minutes) if line % QUARTER == cut]
    choices = left - (sum(served) - sum(_quarters(minutes)))
    if comb(len(tied), choices) > MAX_ALLOCATIONS:
        raise ValueError(
            f"more than {MAX_ALLOCATIONS} allocations are correct for these minutes, "
            "use cms_line_units for the range of each code"
        )
    return frozenset(
        tuple(units + (position in chosen) for position, units in enumerate(served))
        for chosen in combinations(tied, choices)
    )


def is_correct_allocation(minutes: Sequence[int], units: Sequence[int]) -> bool:
    """Whether codes with these minutes may be billed with these units.

    Three checks: the units add up to those of the day's total, each code has its full quarters or one more,
    and no code was rounded up while one with a larger remainder was not. Raises ValueError for negative
    minutes and for sequences of different length.
    """
    if len(minutes) != len(units):
        raise ValueError("units must have one entry for each entry of minutes")
    if sum(units) != _units_of_total(minutes):
        return False
    extras = [billed - quarters for billed, quarters in zip(units, _quarters(minutes), strict=True)]
    if not all(extra in (0, 1) for extra in extras):
        return False
    rounded_up = [line % QUARTER for line, extra in zip(minutes, extras, strict=True) if extra]
    not_rounded = [line % QUARTER for line, extra in zip(minutes, extras, strict=True) if not extra]
    return min(rounded_up, default=QUARTER) >= max(not_rounded, default=0)


def by_code(codes: Sequence[str], minutes: Sequence[Minutes]) -> dict[str, Interval]:
    """Minutes of each code of the day, added up over its lines, in the order in which codes first appear.

    Each line's minutes are those of that line alone: a code split over two lines, one of them marked for an
    assistant, has the sum of both. The values go into the functions above and the results come back in the
    same order: `dict(zip(groups, cms_line_units(tuple(groups.values()), complete)))`. Raises ValueError for
    sequences of different length.
    """
    if len(codes) != len(minutes):
        raise ValueError("minutes must have one entry for each entry of codes")
    groups: dict[str, Interval] = {}
    for code, line in zip(codes, minutes, strict=True):
        groups[code] = groups.get(code, Interval(0, 0)).plus(Interval.of(line))
    return groups


def _units_of_total(minutes: Sequence[int]) -> int:
    if any(line < 0 for line in minutes):
        raise ValueError("minutes must be 0 or more")
    return units_for_minutes(sum(minutes))


def _quarters(minutes: Sequence[int]) -> list[int]:
    return [line // QUARTER for line in minutes]


def _remainders(line: Interval) -> frozenset[int]:
    """The remainders that some number of the range has."""
    if line.high is None or line.high - line.low >= QUARTER - 1:
        return frozenset(range(QUARTER))
    return frozenset(minutes % QUARTER for minutes in range(line.low, line.high + 1))


def _most_units(minutes: int | None, others: Sequence[frozenset[int]], complete: bool) -> int | None:
    """Most units of a code with at most these minutes beside codes that can have these remainders."""
    if minutes is None:
        return None
    quarters, own = divmod(minutes, QUARTER)
    if not complete:
        # Enough further codes with the same remainder bring a unit to every code that has a remainder at all.
        return quarters + (own > 0)
    best = own + sum(max(other - QUARTER * (other > own) for other in choices) for choices in others)
    return quarters + (best >= MIDPOINT)


def _fewest_units(minutes: int, others: Sequence[frozenset[int]], complete: bool) -> int:
    """Fewest units of a code with at least these minutes beside codes that can have these remainders."""
    quarters, own = divmod(minutes, QUARTER)
    if not complete:
        # Enough further codes with the same remainder can be served instead.
        return quarters
    best = own + sum(min(other - QUARTER * (other >= own) for other in choices) for choices in others)
    return quarters + (best >= MIDPOINT)
