"""Conditions in plain English, made from loaded policies of an invented payer."""

from __future__ import annotations

from datetime import date

import pytest
from crosspayer.engine.bind import Binder
from crosspayer.language.sentences import cap_sentence, sentence
from crosspayer.policy.model import Cap, Rule

from core.tests.acme import Acme, World, rule

DECLARED = """\
[parameters.daily_cap]
unit = 'units'
values = [{ from = 2026-01-01, to = 2026-12-31, value = 4, cites = ['notice'] }]
[parameters.threshold]
unit = 'USD'
values = [{ from = 2026-01-01, to = 2026-12-31, value = 2480.5, cites = ['notice'] }]
[conditions.in_person]
fact = 'telehealth'
is = false
"""
TABLE = "format = 1\nid = '{0}'\ntitle = 'Invented'\ncites = ['notice']\nopen_ended = 'No end.'\n"
TABLES = {
    "timed.toml": TABLE.format("timed") + "codes = ['97110', '97760']\n",
    "states.toml": TABLE.format("states")
    + "key = ['state']\nrows = [{ state = 'OH', visits = 6 }]\n[columns]\n"
    + "state = { type = 'code' }\nvisits = { type = 'integer', unit = 'visits' }\n",
}
SAME_CODE = "fact = 'other.code', is = { fact = 'line.code' }"

SENTENCES: dict[str, str] = {
    # one fact
    "{ fact = 'line.code', is = '97760' }": "the procedure code is 97760",
    "{ fact = 'line.code', in = ['97760'] }": "the procedure code is 97760",
    "{ fact = 'line.code', in = ['97760', '97761'] }": "the procedure code is one of 97760, 97761",
    "{ fact = 'line.code', not_in = ['97760', '97761'] }": "the procedure code is none of 97760, 97761",
    "{ fact = 'line.code', between = ['97010', '97763'] }": "the procedure code is between 97010 and 97763",
    "{ fact = 'line.units', at_most = 4 }": "the units billed are at most 4",
    "{ fact = 'episode.visit_number', at_most = 6 }": (
        "the number of this visit in the episode, this one included, is at most 6"
    ),
    "{ fact = 'setting', is = 'private_practice' }": (
        "the kind of organization that furnishes the therapy is private practice"
    ),
    "{ fact = 'device.fit', is = 'off_the_shelf' }": "how the device was made to fit is off the shelf",
    "{ fact = 'line.service_date', on_or_after = 2025-01-01 }": "the day of service is on or after 2025-01-01",
    # yes or no
    "{ fact = 'plan_of_care.signed', is = true }": "a physician signed the orders or the plan",
    "{ fact = 'telehealth', is = false }": "not “furnished by telehealth”",
    "{ fact = 'documentation.wear_schedule', is = true }": "the record shows wearing schedule",
    "{ fact = 'documentation.wear_schedule', is = false }": "not “the record shows wearing schedule”",
    # lists of codes are several things
    "{ fact = 'line.modifiers', has = 'GP' }": "the modifiers in their order include GP",
    "{ fact = 'line.modifiers', has_none_of = ['GA'] }": "the modifiers in their order do not include GA",
    "{ fact = 'line.modifiers', has_one_of = ['GP', 'GO'] }": (
        "the modifiers in their order include exactly one of GP, GO"
    ),
    "{ fact = 'line.modifiers', is_empty = true }": "the modifiers in their order are empty",
    "{ fact = 'line.modifiers', is_empty = false }": "the modifiers in their order are not empty",
    "{ fact = 'line.modifiers', any_starts_with = 'G' }": "the modifiers in their order have a code starting with G",
    # tables
    "{ fact = 'line.code', in = { table = 'timed' } }": "the procedure code is in the table acme/timed",
    "{ fact = 'line.code', not_in = { table = 'timed' } }": "the procedure code is not in the table acme/timed",
    "{ fact = 'diagnosis_codes', has_none_of = { table = 'timed' } }": (
        "all diagnosis codes of the encounter include no code of the table acme/timed"
    ),
    "{ look_up = 'states', by = { state = { fact = 'patient.state' } }, has_row = false }": (
        "the table acme/states has no row for state = the state of residence"
    ),
    "{ look_up = 'states', by = { state = { fact = 'patient.state' } }, column = 'visits', at_least = 6 }": (
        "the column visits of the table acme/states for state = the state of residence is at least 6"
    ),
    # values, sums and distances
    "{ fact = 'line.units', at_most = { parameter = 'daily_cap' } }": "the units billed are at most daily_cap (4)",
    "{ sum_of = ['coverage.therapy_amount_ytd', 'line.charge'], more_than = { parameter = 'threshold' } }": (
        "the sum of the allowed therapy charges of the counter this year before this line and the amount charged is"
        " more than threshold (2480.50)"
    ),
    "{ days_from = 'plan_of_care.established_on', to = 'line.service_date', between = [0, 30] }": (
        "the number of days from the day the plan was established to the day of service is between 0 and 30"
    ),
    "{ business_days_from = 'episode.evaluation_on', to = 'line.service_date', at_most = 10 }": (
        "the number of business days from the day of the initial evaluation to the day of service is at most 10"
    ),
    # combinations
    "{ all_of = [{ fact = 'telehealth', is = true }, { any_of = [{ fact = 'line.units', is = 1 }, "
    "{ fact = 'line.units', is = 2 }] }] }": (
        "furnished by telehealth and (either the units billed are 1 or the units billed are 2)"
    ),
    "{ none_of = [{ fact = 'line.units', is = 1 }] }": "it is not so that the units billed are 1",
    "{ none_of = [{ fact = 'line.units', is = 1 }, { fact = 'line.units', is = 2 }] }": (
        "none of these holds: the units billed are 1; the units billed are 2"
    ),
    "{ condition = 'in_person' }": "not “furnished by telehealth”",
    # lists: the judged line is this one, the other that one
    f"{{ any_line = {{ where = {{ {SAME_CODE} }} }} }}": (
        "there is another line of the day where the procedure code is the same on both lines"
    ),
    "{ no_line = { where = { fact = 'other.side', is_not = { fact = 'line.side' } } } }": (
        "there is no other line of the day where the side treated is not the same on both lines"
    ),
    "{ every_line = { where = { fact = 'other.modifiers', has = 'GP' } } }": (
        "for every other line of the day: the modifiers in their order on that line include GP"
    ),
    "{ any_line = { as = 'brace', where = { fact = 'brace.number', less_than = { fact = 'line.number' } } } }": (
        "there is another line of the day where the number of the line “brace” is less than that of this line"
    ),
    "{ any_line = { where = { fact = 'other.rendering.npi', is = { fact = 'line.rendering.npi' } } } }": (
        "there is another line of the day where the NPI of the rendering provider is the same on both lines"
    ),
    "{ any_line = { where = { fact = 'other.one_on_one', is = false } } }": (
        "there is another line of the day where on that line, not “direct one-on-one contact throughout”"
    ),
    "{ no_past_line = { since = { fact = 'episode.first_treatment_on' }, where = { all_of = ["
    "{ fact = 'past.code', is = '97760' }, { fact = 'past.device_id', is = { fact = 'line.device_id' } }] } } }": (
        "there is no earlier line since the first treatment day of the episode (the evaluation counts) where the"
        " procedure code of that line is 97760 and the practice's own key for the device is the same on both lines"
    ),
    "{ any_past_line = { within_days = 90, where = { fact = 'past.units', more_than = 2 } } }": (
        "there is an earlier line in the 90 days before the service where the units of that line are more than 2"
    ),
    "{ any_coverage = { where = { fact = 'other.order', is = 'primary' } } }": (
        "there is another coverage where the order of payment of that coverage is primary"
    ),
    f"{{ sum_of = 'other.units', over = 'lines', where = {{ {SAME_CODE} }}, at_most = 4 }}": (
        "the sum of the units billed over the lines of the day (where the procedure code is the same on both lines) is"
        " at most 4"
    ),
    "{ count_of = 'history', within_days = 7, at_most = 3 }": (
        "the number of earlier lines in the 7 days before the service is at most 3"
    ),
}

CAPS: dict[str, str] = {
    "{ units_of = { table = 'timed' }, per = ['day'], at_most = { parameter = 'daily_cap' }, "
    "keep_first_by = 'line.number' }": (
        "the units of the codes in the table acme/timed on one day are at most daily_cap (4), kept in the order of the"
        " line numbers"
    ),
    "{ units_of = { codes = ['97761', '97760'] }, per = ['code', 'rendering'], at_most = 4, "
    "keep_first_by = '-line.charge' }": (
        "the units of the codes 97760, 97761 on one day, counted per code and rendering, are at most 4, kept with the"
        " highest charge first"
    ),
    "{ units_of = { where = { fact = 'line.modifiers', has = 'GP' } }, per = ['day'], at_most = 4, "
    "keep_first_by = 'line.number' }": (
        "the units of lines where the modifiers in their order include GP on one day are at most 4, kept in the order"
        " of the line numbers"
    ),
}


@pytest.fixture(scope="module")
def said(acme: Acme) -> dict[str, str]:
    """The sentence of every condition and cap above, with the values of a day of 2026."""
    rules = "".join(rule(f"c{number}", text) for number, text in enumerate(SENTENCES))
    rules += "".join(
        rule(f"k{number}", cap=text, effect="'reduce_units'", topic="'units'") for number, text in enumerate(CAPS)
    )
    world: World = acme(DECLARED + rules, tables=TABLES)
    (payer,) = world.installation.payers
    found = {r.id.rpartition("/")[2]: _sentence(r) for r in payer.rules}
    texts = {f"c{number}": text for number, text in enumerate(SENTENCES)}
    texts |= {f"k{number}": text for number, text in enumerate(CAPS)}
    return {text: found[name] for name, text in texts.items()}


def _sentence(found: Rule) -> str:
    require = Binder(date(2026, 10, 5)).rule(found).require
    return cap_sentence(require) if isinstance(require, Cap) else sentence(require)


@pytest.mark.parametrize(("condition", "expected"), [*SENTENCES.items(), *CAPS.items()])
def test_a_condition_reads_as_english(said: dict[str, str], condition: str, expected: str) -> None:
    assert said[condition] == expected


def test_an_unbound_parameter_is_named_without_a_value(acme: Acme) -> None:
    world = acme(DECLARED + rule("cap", "{ fact = 'line.units', at_most = { parameter = 'daily_cap' } }"))
    (found,) = world.installation.payers[0].rules
    assert not isinstance(found.require, Cap)
    assert sentence(found.require) == "the units billed are at most daily_cap"


def test_a_parameter_without_a_value_on_the_day_says_so(acme: Acme) -> None:
    world = acme(DECLARED + rule("cap", "{ fact = 'line.units', at_most = { parameter = 'daily_cap' } }"))
    (found,) = world.installation.payers[0].rules
    require = Binder(date(2027, 1, 1)).rule(found).require
    assert not isinstance(require, Cap)
    assert sentence(require) == "the units billed are at most daily_cap (no value on this day)"
