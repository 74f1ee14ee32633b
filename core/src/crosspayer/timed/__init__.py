"""Arithmetic of timed therapy: countable minutes, units they support, units with the assistant modifier.

Pure functions of whole numbers. What is not known is an `Interval`, and learning more only narrows a result.
"""

from crosspayer.timed.assistant import AssistantRule, AssistantUnits, assistant_units
from crosspayer.timed.countable import countable_minutes
from crosspayer.timed.interval import UNKNOWN, Interval, Minutes
from crosspayer.timed.units import (
    allocations,
    ama_line_units,
    by_code,
    cms_line_units,
    day_units,
    is_correct_allocation,
    units_for_minutes,
)

__all__ = [
    "UNKNOWN",
    "AssistantRule",
    "AssistantUnits",
    "Interval",
    "Minutes",
    "allocations",
    "ama_line_units",
    "assistant_units",
    "by_code",
    "cms_line_units",
    "countable_minutes",
    "day_units",
    "is_correct_allocation",
    "units_for_minutes",
]
