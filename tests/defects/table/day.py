"""Defects of units, minutes and the other lines of the day."""

from __future__ import annotations

from tests.defects.changes import (
    add_evaluation,
    add_line,
    add_service,
    bill,
    drop_modifiers,
    facts,
    institutional,
    more_units,
    on_other_line,
    split,
    together,
)
from tests.defects.lives import UNIT_LIMIT
from tests.defects.model import INITIAL, Defect, Known

EVERY_PLAN = "*/*"
PAIRS_KNOWN_UNTIL = "2024-09-30"
"""Last day of Medicare's table of code pairs: later, another line of the day leaves its pairs open."""

DAY_AND_UNITS = (
    Defect(
        "units-above-minutes",
        "one unit more than the day's minutes support",
        arrange=bill(2, 31),
        plant=more_units(1),
        alone=True,
        assistant=False,
        known=(Known(EVERY_PLAN, "therapy-common/units/day-total", "reduced"),),
    ),
    Defect(
        "units-far-above-minutes",
        "more units than the code's own minutes can ever carry",
        arrange=bill(1, 16),
        plant=more_units(2),
        alone=True,
        assistant=False,
        known=(Known(EVERY_PLAN, "therapy-common/units/day-total therapy-common/units/line-minutes", "reduced"),),
    ),
    Defect(
        "no-minutes",
        "a unit without minutes",
        arrange=bill(1),
        plant=bill(1, 0),
        alone=True,
        assistant=False,
        known=(Known(EVERY_PLAN, "therapy-common/units/day-total therapy-common/units/line-minutes", "not_covered"),),
    ),
    Defect(
        "fifth-unit-of-the-day",
        "five timed units, with their minutes, where four a day are paid",
        plant=bill(5),
        alone=True,
        known=(
            Known("cigna/commercial", "cigna/units/four-units-a-day", "reduced", since="2022-11-01"),
            Known("bcbs/anthem", "bcbs/units/four-timed-units", "reduced"),
            Known(
                "bcbs/north-dakota", "bcbs/units/north-dakota-session bcbs/units/north-dakota-whole-session", "reduced"
            ),
            Known(
                "bcbs/highmark-pa", "bcbs/units/highmark-session bcbs/units/highmark-whole-session", "reduced",
                since="2018-01-01", until="2021-12-31", open=(UNIT_LIMIT,),
            ),
            # Only old versions of the policy were read.
            Known("bcbs/highmark-pa", "bcbs/units/highmark-whole-session", "conditional"),
        ),
    ),
    Defect(
        "fifth-unit-in-another-state",
        "five timed units at a plan of the family that did not announce the limit of four",
        arrange=facts({"coverages[0].state": "VA"}),
        plant=bill(5),
        alone=True,
        known=(Known("bcbs/anthem", "bcbs/units/four-timed-units-elsewhere", "conditional"),),
    ),
    Defect(
        "fifth-unit-of-the-session",
        "two services of one provider that come to five units",
        arrange=together(bill(3), add_service),
        plant=on_other_line(units=2, minutes=30, training_minutes=30, therapist_minutes=30),
        alone=True,
        assistant=False,
        known=(
            Known("cigna/commercial", "cigna/units/four-units-a-day", "reduced", since="2022-11-01"),
            Known("bcbs/north-dakota", "bcbs/units/north-dakota-whole-session", "conditional"),
            Known("bcbs/highmark-pa", "bcbs/units/highmark-whole-session", "conditional"),
        ),
    ),
    Defect(
        "fifth-unit-with-untimed-codes",
        "four timed units, and an untimed code that may count as the fifth",
        arrange=bill(4),
        plant=add_evaluation,
        codes=INITIAL,
        alone=True,
        assistant=False,
        known=(Known("cigna/commercial", "cigna/units/all-therapy-units", "conditional", since="2022-11-01"),),
    ),
    Defect(
        "fifth-unit-of-two-disciplines",
        "two disciplines that keep to four units each, but not together",
        arrange=together(bill(2), add_line("97530", modifiers=["GO"])),
        plant=on_other_line(units=3, minutes=45, training_minutes=45, therapist_minutes=45),
        disciplines=("PT",),
        alone=True,
        assistant=False,
        known=(Known("cigna/commercial", "cigna/units/both-disciplines", "conditional", since="2022-11-01"),),
    ),
    Defect(
        "seventh-unit-of-the-day",
        "seven units of one code, where six are unlikely to be exceeded",
        plant=bill(7),
        alone=True,
        known=(
            Known("medicare/*", "medicare/units/mue", "reduced", since="2024-07-01"),
            Known(
                "bcbs/fep-blue-focus bcbs/massachusetts bcbs/massachusetts-ma bcbs/premera bcbs/regence "
                "bcbs/north-carolina bcbs/horizon-nj bcbs/michigan bcbs/hcsc bcbs/hcsc-il-medicaid bcbs/alabama "
                "bcbs/vermont uhc/*",
                "therapy-common/units/unit-limit",
                "conditional",
            ),
        ),
    ),
    Defect(
        "seventh-unit-of-a-facility",
        "seven units of one code on a hospital's claim",
        arrange=institutional,
        plant=bill(7),
        alone=True,
        assistant=False,
        known=(Known("medicare/*", "medicare/units/mue-institutional", "reduced", since="2024-07-01"),),
    ),
    Defect(
        "units-above-contract",
        "more timed units than the contract pays on a day",
        arrange=together(bill(2), facts({"coverages[0].contract_unit_cap": 2})),
        plant=bill(3),
        alone=True,
        known=(
            Known("aetna/commercial aetna/commercial-hmo", "aetna/units/units-within-contract", "conditional"),
            Known("uhc/commercial", "uhc/units-modifiers/daily-timed-units", "conditional"),
        ),
    ),
    Defect(
        "code-on-two-lines",
        "the units of one code on two lines that nothing tells apart",
        arrange=together(bill(2), drop_modifiers("LT", "RT")),
        plant=split,
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/units/single-line", "not_covered", since="2021-04-19", until=PAIRS_KNOWN_UNTIL
            ),
        ),
    ),
    Defect(
        "initial-beside-subsequent",
        "the subsequent code on the day of an initial one",
        plant=add_line("97763"),
        codes=INITIAL,
        alone=True,
        assistant=False,
        arrange=bill(2),
        known=(
            Known(
                "medicare/*", "medicare/pairs/code-pairs medicare/pairs/subsequent-with-initial", "not_covered",
                until=PAIRS_KNOWN_UNTIL,
            ),
            Known("aetna/* bcbs/* cigna/* uhc/*", "therapy-common/pairs/no-subsequent-with-initial", "conditional"),
        ),
    ),
    Defect(
        "subsequent-beside-evaluation",
        "the subsequent code on the day of an evaluation",
        plant=add_evaluation,
        codes=("97763",),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/pairs/code-pairs medicare/pairs/subsequent-with-evaluation", "not_covered",
                until=PAIRS_KNOWN_UNTIL,
            ),
        ),
    ),
    Defect(
        "pair-without-modifier",
        "therapy beside orthotic training without the modifier that says it was separate",
        arrange=together(bill(2), drop_modifiers("LT", "RT"), add_line("97110"), on_other_line(modifiers=["GP", "59"])),
        plant=on_other_line(modifiers=["GP"]),
        codes=("97760",),
        disciplines=("PT",),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/pair-reasons/other-therapy medicare/pairs/code-pairs", "not_covered",
                until=PAIRS_KNOWN_UNTIL,
            ),
        ),
    ),
    Defect(
        "pair-with-the-same-time",
        "therapy beside orthotic training with the modifier, but in the same minutes and without a reason",
        arrange=together(
            bill(2), facts({"documentation.time_in_out_per_code": False}), add_line("97110"),
            on_other_line(modifiers=["GP", "59"]),
        ),
        plant=lambda data: data["lines"][1].update(
            separate_service_documented=False, starts_at=data["lines"][0]["starts_at"],
            ends_at=data["lines"][0]["ends_at"],
        ),
        codes=("97760",),
        disciplines=("PT",),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/intervals/one-service-per-interval medicare/pair-reasons/other-therapy",
                "documentation_needed", until=PAIRS_KNOWN_UNTIL,
            ),
        ),
    ),
    Defect(
        "group-beside-training",
        "group therapy beside orthotic training, which loses without a modifier",
        arrange=drop_modifiers("LT", "RT"),
        plant=add_line("97150", minutes=0, training_minutes=0, therapist_minutes=0),
        codes=("97760",),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/pair-reasons/orthotic-loses medicare/pairs/code-pairs", "not_covered",
                until=PAIRS_KNOWN_UNTIL,
            ),
        ),
    ),
    Defect(
        "reevaluation-without-change",
        "a re-evaluation beside an initial encounter, though nothing had changed",
        arrange=together(add_line("97164"), on_other_line(modifiers=["GP", "59"])),
        plant=facts({"documentation.status_change": False}),
        codes=INITIAL,
        disciplines=("PT",),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/pair-reasons/reevaluation", "documentation_needed", until=PAIRS_KNOWN_UNTIL
            ),
        ),
    ),
    Defect(
        "splint-on-the-same-limb",
        "a splint beside orthotic training, without a modifier",
        arrange=together(drop_modifiers("LT", "RT"), add_line("29125"), on_other_line(modifiers=["GP", "XS"])),
        plant=on_other_line(modifiers=["GP"]),
        codes=("97760", "97763"),
        disciplines=("PT",),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/pair-reasons/cast-or-splint medicare/pairs/code-pairs", "not_covered",
                until=PAIRS_KNOWN_UNTIL,
            ),
        ),
    ),
    Defect(
        "minutes-twice",
        "two services in the same minutes",
        arrange=together(bill(2), add_service),
        plant=lambda data: data["lines"][1].update(
            starts_at=data["lines"][0]["starts_at"], ends_at=data["lines"][0]["ends_at"]
        ),
        alone=True,
        assistant=False,
        known=(
            Known(
                "medicare/*", "medicare/intervals/one-service-per-interval", "conditional", until=PAIRS_KNOWN_UNTIL
            ),
        ),
    ),
    Defect(
        "rehabilitation-in-the-encounter",
        "therapy in an encounter of cardiac or pulmonary rehabilitation",
        plant=facts({"same_encounter_rehabilitation": True}),
        known=(
            Known("medicare/*", "medicare/intervals/no-cardiac-or-pulmonary-rehabilitation", "not_covered"),
        ),
    ),
    Defect(
        "visit-code-of-a-therapist",
        "a therapist bills an evaluation and management code",
        plant=add_line("99213"),
        alone=True,
        assistant=False,
        known=(Known("uhc/commercial", "uhc/provider/no-evaluation-management", "not_covered"),),
    ),
    Defect(
        "visit-beside-evaluation",
        "a visit code beside a therapy evaluation without the modifier that says it was separate",
        arrange=together(add_evaluation, add_line("99213", modifiers=["25"])),
        plant=lambda data: data["lines"][2].update(modifiers=[]),
        alone=True,
        assistant=False,
        codes=INITIAL,
        known=(Known("bcbs/highmark-pa", "bcbs/modifiers/highmark-visit-beside-evaluation", "not_covered"),),
    ),
)  # fmt: skip
