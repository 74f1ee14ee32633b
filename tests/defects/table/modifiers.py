"""Defects of modifiers and revenue codes."""

from __future__ import annotations

from tests.defects.changes import (
    OTHER_ASSISTANT,
    OTHER_DISCIPLINE,
    add_modifiers,
    drop_modifiers,
    facts,
    institutional,
    other_revenue_code,
    second_discipline,
    swap_modifiers,
    together,
)
from tests.defects.model import Defect, Known

ABOVE_THRESHOLD = facts({"coverages[0].therapy_amount_ytd": 2600})

MODIFIERS = (
    Defect(
        "discipline-modifier-missing",
        "the line has no modifier of the plan of care's discipline",
        plant=drop_modifiers("GP", "GO"),
        assistant=False,
        known=(
            Known("medicare/*", "medicare/modifiers/discipline-modifier", "not_covered"),
            Known("bcbs/north-dakota", "bcbs/modifiers/north-dakota-discipline-modifier", "not_covered"),
            Known("bcbs/anthem", "bcbs/modifiers/anthem-discipline-modifier", "not_covered"),
            Known("uhc/commercial", "uhc/units-modifiers/discipline-modifier", "not_covered"),
        ),
    ),
    Defect(
        "two-discipline-modifiers",
        "the line has the modifiers of two disciplines",
        plant=second_discipline,
        assistant=False,
        known=(
            Known("medicare/*", "medicare/modifiers/discipline-modifier", "not_covered"),
            Known("uhc/commercial", "uhc/units-modifiers/discipline-modifier", "not_covered"),
        ),
    ),
    Defect(
        "modifier-of-the-other-discipline",
        "the line has the modifier of a discipline that is not the plan's nor the therapist's",
        plant=swap_modifiers(OTHER_DISCIPLINE),
        assistant=False,
        alone=True,
        known=(
            Known(
                "medicare/*",
                "medicare/modifiers/modifier-fits-plan medicare/modifiers/modifier-fits-therapist",
                "not_covered",
            ),
            Known("bcbs/north-dakota", "bcbs/modifiers/north-dakota-discipline-modifier", "not_covered"),
        ),
    ),
    Defect(
        "assistant-modifier-missing",
        "an assistant's units without the assistant modifier",
        plant=drop_modifiers("CQ", "CO"),
        alone=True,
        assistant=True,
        known=(
            Known(
                "medicare/*", "medicare/assistants-2020/marked-units", "not_covered", since="2020-01-01",
                until="2021-12-31",
            ),
            Known("medicare/*", "medicare/assistants/marked-units", "not_covered", since="2022-01-01"),
        ),
    ),
    Defect(
        "assistant-modifier-of-the-other-discipline",
        "CQ beside GO, or CO beside GP",
        plant=swap_modifiers(OTHER_ASSISTANT),
        assistant=True,
        known=(
            Known("medicare/*", "therapy-common/modifiers/assistant-pairing", "not_covered", since="2020-01-01"),
        ),
    ),
    Defect(
        "modifier-50",
        "the bilateral modifier on a timed code",
        plant=add_modifiers("50"),
        known=(Known("medicare/*", "medicare/modifiers/no-bilateral-modifier", "not_covered"),),
    ),
    Defect(
        "modifier-51",
        "the modifier for several procedures on a therapy code",
        plant=add_modifiers("51"),
        known=(Known("aetna/* bcbs/* cigna/* uhc/*", "therapy-common/modifiers/no-modifier-51", "conditional"),),
    ),
    Defect(
        "wrong-revenue-code",
        "a facility's line with the revenue code of the other discipline",
        arrange=institutional,
        plant=other_revenue_code,
        alone=True,
        assistant=False,
        known=(
            Known("medicare/*", "medicare/modifiers/revenue-code", "not_covered"),
            Known("bcbs/north-dakota", "bcbs/modifiers/north-dakota-revenue-code", "not_covered"),
        ),
    ),
    Defect(
        "kx-missing",
        "the year's therapy is above the threshold and the line has no KX",
        arrange=together(ABOVE_THRESHOLD, add_modifiers("KX")),
        plant=drop_modifiers("KX"),
        alone=True,
        known=(
            Known("medicare/*", "medicare/thresholds/kx-required", "not_covered", until="2019-12-31"),
            # The amounts of 2020 and 2021 were read in weaker sources, which may not deny.
            Known(
                "medicare/*", "medicare/thresholds/kx-required", "conditional", since="2020-01-01", until="2021-12-31"
            ),
            Known("medicare/*", "medicare/thresholds/kx-required", "not_covered", since="2022-01-01"),
        ),
    ),
    Defect(
        "kx-undocumented",
        "KX, though the record does not say why therapy beyond the threshold is necessary",
        arrange=together(ABOVE_THRESHOLD, add_modifiers("KX")),
        plant=facts({"documentation.necessity_beyond_threshold": False}),
        alone=True,
        known=(Known("medicare/*", "medicare/thresholds/kx-documented", "documentation_needed"),),
    ),
    Defect(
        "ga-without-notice",
        "the modifier for a signed advance notice, and no such notice",
        arrange=together(facts({"abn.present": True, "abn.kind": "mandatory"}), add_modifiers("GA")),
        plant=facts({"abn.present": False}),
        known=(Known("medicare/*", "medicare/liability/ga-needs-notice", "not_covered"),),
    ),
    Defect(
        "kx-beside-ga",
        "necessary and expected not to be, on one line",
        arrange=facts({"abn.present": True, "abn.kind": "mandatory"}),
        plant=add_modifiers("KX", "GA"),
        known=(Known("medicare/*", "medicare/liability/kx-with-ga", "not_covered"),),
    ),
    Defect(
        "gz",
        "the modifier for a service expected to be denied without notice",
        plant=add_modifiers("GZ"),
        known=(Known("medicare/*", "medicare/liability/gz", "not_covered"),),
    ),
    Defect(
        "gz-beside-ga",
        "with a notice and without one, on one line",
        arrange=together(facts({"abn.present": True, "abn.kind": "mandatory"}), add_modifiers("GA")),
        plant=add_modifiers("GZ"),
        known=(
            Known(
                "medicare/*", "medicare/liability/contradictory-liability medicare/liability/gz", "not_covered"
            ),
        ),
    ),
    Defect(
        "separate-from-nothing",
        "the modifier for a separate service, and no other code that forms a pair",
        plant=add_modifiers("59"),
        alone=True,
        # While the table of pairs is known the rule only warns, and no verdict shows it.
        known=(Known("medicare/*", "medicare/intervals/modifier-has-partner", "conditional", since="2024-10-01"),),
    ),
    Defect(
        "gy",
        "the modifier for a service that is no benefit",
        plant=add_modifiers("GY"),
        known=(Known("medicare/*", "medicare/liability/gy", "conditional"),),
    ),
)  # fmt: skip
