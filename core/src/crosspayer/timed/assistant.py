"""Units of a timed code that carry the assistant modifier.

Source: CMS, billing examples for services furnished in whole or in part by assistants, with the CY2020 and
CY2022 physician fee schedule final rules. Two rules, chosen by date of service:

- `de_minimis` (2020-01-01 to 2021-12-31): a unit is marked when assistant minutes exceed 10 % of its minutes.
- `midpoint` (from 2022-01-01): therapist and assistant first get their own full blocks of 15 minutes. Of what
  is left, a single unit is unmarked if the therapist has 8 minutes of it, else marked if the assistant has,
  else decided by the 10 % test. Two units left, from 23 minutes or more, are one marked and one unmarked.
"""

from __future__ import annotations

from typing import Literal, NamedTuple, TypeAlias

from crosspayer.timed.interval import Interval

AssistantRule: TypeAlias = Literal["de_minimis", "midpoint"]

_QUARTER = 15
_MIDPOINT = 8
_LONGEST_UNIT = 22
_TWO_UNITS = 23  # one trade source says 24; the arithmetic of the units says 23


class AssistantUnits(NamedTuple):
    """How many of a code's billed units carry the assistant modifier.

    `with_modifier` is a range where the rule or the minutes do not settle it. `review` is set where the
    billed units do not fit the minutes, or where the rule has no answer for them, so that a person has to
    judge.
    """

    with_modifier: Interval
    review: bool


def assistant_units(therapist: int | None, assistant: int | None, units: int, rule: AssistantRule) -> AssistantUnits:
    """Units with the assistant modifier, for one timed code on one day.

    `therapist` are the therapist's minutes, with those furnished by both together, `assistant` the minutes of
    the assistant alone, `None` where not known, and `units` the units billed for the code over all its lines.

    Exact where one of the two furnished everything and, under `midpoint`, wherever the units are those that
    the code's minutes support on their own. A range otherwise:

    - Minutes not known: nothing is settled, except that without assistant minutes nothing is marked.
    - `de_minimis`, beyond one unit of up to 22 minutes: which minutes made up which unit is not settled. All
      units have 15 minutes but one, which has the rest of the code's; where that would be more than 22, all
      have 15 and the others belong to none. The range holds every way of arranging them.
    - `midpoint`, two units left on fewer than 23 minutes (the day's other codes can bring this about): for
      review.
    - Fewer units than full blocks: for review. Under `midpoint` the units go to whoever has more minutes, to
      both where they are equal; units beyond that party's own blocks may be either's.
    - More units than quarters begun: for review. The units in excess may be marked or not.

    Raises ValueError for negative minutes or units.
    """
    if min(therapist or 0, assistant or 0, units) < 0:
        raise ValueError("minutes and units must be 0 or more")
    if units == 0 or assistant == 0:
        return AssistantUnits(Interval(0, 0), review=False)
    if therapist is None or assistant is None:
        return AssistantUnits(Interval(0, units), review=False)
    if therapist == 0:
        return AssistantUnits(Interval(units, units), review=False)
    carried = min(units, -(-(therapist + assistant) // _QUARTER))
    blocks = therapist // _QUARTER + assistant // _QUARTER
    review = units > carried or units < blocks
    if rule == "de_minimis":
        low, high = _de_minimis(therapist, assistant, carried)
    elif carried < blocks:
        low, high = _to_larger_party(therapist, assistant, carried)
    else:
        low, high = _midpoint(therapist, assistant, carried)
        review = review or low != high
    return AssistantUnits(Interval(low, high + units - carried), review)


def _midpoint(therapist: int, assistant: int, units: int) -> tuple[int, int]:
    therapist_blocks, therapist_rest = divmod(therapist, _QUARTER)
    assistant_blocks, assistant_rest = divmod(assistant, _QUARTER)
    left = units - therapist_blocks - assistant_blocks
    if left == 0:
        return assistant_blocks, assistant_blocks
    if left == 1:
        # 8 minutes of the assistant need no test of their own: beside fewer than 8 they exceed 10 %.
        tolerated = _unmarked_minutes(therapist_rest + assistant_rest)
        marked = therapist_rest < _MIDPOINT and assistant_rest > tolerated
        return assistant_blocks + marked, assistant_blocks + marked
    if therapist_rest + assistant_rest >= _TWO_UNITS:
        return assistant_blocks + 1, assistant_blocks + 1
    return assistant_blocks, assistant_blocks + 2


def _to_larger_party(therapist: int, assistant: int, units: int) -> tuple[int, int]:
    if therapist > assistant:
        return 0, max(0, units - therapist // _QUARTER)
    if assistant > therapist:
        return min(units, assistant // _QUARTER), units
    return 0, units


def _de_minimis(therapist: int, assistant: int, units: int) -> tuple[int, int]:
    """Fewest and most marked units over every way of arranging the minutes into units."""
    rest = therapist + assistant - _QUARTER * (units - 1)
    if rest <= _LONGEST_UNIT:
        sizes = [_QUARTER] * (units - 1) + [rest]
        fewest_minutes = most_minutes = assistant
    else:
        # Some minutes are in no unit, and nothing says whose: the assistant's for the fewest marked units,
        # the therapist's for the most.
        sizes = [_QUARTER] * units
        fewest_minutes = max(0, sum(sizes) - therapist)
        most_minutes = min(assistant, sum(sizes))
    return _fewest_marked(sizes, fewest_minutes), _most_marked(sizes, most_minutes)


def _fewest_marked(sizes: list[int], assistant: int) -> int:
    """Marked units when assistant minutes are gathered in as few units as hold them."""
    room = sum(_unmarked_minutes(size) for size in sizes)
    marked = 0
    for gain in sorted((size - _unmarked_minutes(size) for size in sizes), reverse=True):
        if room >= assistant:
            break
        room += gain
        marked += 1
    return marked


def _most_marked(sizes: list[int], assistant: int) -> int:
    """Marked units when assistant minutes are spread over as many units as they can mark."""
    marked = 0
    for price in sorted(_unmarked_minutes(size) + 1 for size in sizes):
        if price > assistant:
            break
        assistant -= price
        marked += 1
    return marked


def _unmarked_minutes(unit_minutes: int) -> int:
    """Most assistant minutes that are not more than 10 % of a unit's minutes."""
    return unit_minutes // 10
