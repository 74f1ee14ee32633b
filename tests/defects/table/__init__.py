"""The table of defects: each with the plans that know it, and the rules that must name it there."""

from __future__ import annotations

from tests.defects.model import Defect, Place, places
from tests.defects.table.authorization import AUTHORIZATION
from tests.defects.table.codes import CODES
from tests.defects.table.day import DAY_AND_UNITS
from tests.defects.table.modifiers import MODIFIERS
from tests.defects.table.necessity import NECESSITY
from tests.defects.table.providers import PROVIDERS
from tests.defects.table.records import RECORDS

DEFECTS: tuple[Defect, ...] = (
    *CODES, *MODIFIERS, *DAY_AND_UNITS, *AUTHORIZATION, *RECORDS, *NECESSITY, *PROVIDERS,
)  # fmt: skip
PLACES: list[Place] = places(DEFECTS)
