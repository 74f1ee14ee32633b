"""How a policy counts timed minutes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crosspayer.policy.tables import Table, TableView


@dataclass(frozen=True, slots=True)
class TimedSettings:
    """The `[timed]` section of a policy: which codes are timed, what is pooled, which method counts.

    `method` is `cms_total` (the day's minutes together), `ama_midpoint` (each code by itself) or `by_contract` (the
    fact `coverage.unit_method` says which; unknown covers both). Of `training_codes` only the training minutes count
    where the device itself is billed beside them.
    """

    codes: Table | TableView
    pool_by: Literal["day", "discipline"] = "discipline"
    method: Literal["cms_total", "ama_midpoint", "by_contract"] = "by_contract"
    assistant_rule: Literal["midpoint", "de_minimis"] = "midpoint"
    training_codes: frozenset[str] = frozenset()
