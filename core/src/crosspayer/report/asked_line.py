"""What answers about single lines share: which line it is, whose answer, and the verdict."""

from __future__ import annotations

from typing import Any

import msgspec

from crosspayer.determination.model import Determination
from crosspayer.policy.model import Payer


class AskedLine(msgspec.Struct, frozen=True):
    """One line as one plan answers for it; fields are those of the determination, with the payer's name."""

    encounter: str
    line: int
    code: str | None
    service_date: str | None
    payer: str
    payer_name: str
    plan: str | None
    plans: tuple[str, ...]
    hypothetical: bool
    verdict: str | None


def of(d: Determination, payer: Payer | None) -> dict[str, Any]:
    """The shared fields of a determination by name; a payer without a plugin goes by its id."""
    own = {name: getattr(d, name) for name in AskedLine.__struct_fields__ if name != "payer_name"}
    return {**own, "payer_name": payer.name if payer is not None else d.payer}


def who(line: AskedLine) -> str:
    """The payer and plan of a line."""
    plan = line.plan or (line.plans[0] if len(line.plans) == 1 else f"{len(line.plans)} plans alike")
    named = f"{line.payer_name}, {plan}" if line.plan or line.plans else line.payer_name
    return f"{named} (if it covered the patient)" if line.hypothetical else named
