"""The fact catalogue: the one list of facts that rules may use and encounters may carry."""

from __future__ import annotations

from crosspayer.encounter.catalogue import claim, clinical, coverage
from crosspayer.encounter.fact import Fact

CATALOGUE: dict[str, Fact] = {fact.path: fact for fact in (*claim.FACTS, *coverage.FACTS, *clinical.FACTS)}
"""Every fact by its path, in catalogue order."""

__all__ = ["CATALOGUE"]
