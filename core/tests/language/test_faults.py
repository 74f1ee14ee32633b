"""Broken conditions: each is refused with one sentence that says where, what and how to mend it."""

from __future__ import annotations

import pytest

from core.tests.acme import HEAD, Acme, rule

DECLARED = """\
[parameters.cap_daily]
unit = 'units'
values = [{ from = 2026-01-01, to = 2026-12-31, value = 4, cites = ['notice'] }]
[parameters.threshold]
unit = 'USD'
values = [{ from = 2026-01-01, to = 2026-12-31, value = 4, cites = ['notice'] }]
[conditions.together]
fact = 'telehealth'
is = true
"""
CIRCLE = """\
[conditions.round]
any_of = [{ condition = 'trip' }]
[conditions.trip]
all_of = [{ condition = 'round' }]
"""
TABLE = "format = 1\nid = '{0}'\ntitle = 'Invented'\ncites = ['notice']\nopen_ended = 'No end.'\n"
TABLES = {
    "timed-codes.toml": TABLE.format("timed-codes") + "codes = ['97760']\n",
    "wide.toml": TABLE.format("wide")
    + "key = ['state', 'kind']\nrows = [{ state = 'OH', kind = 'x', visits = 1 }]\n[columns]\n"
    + "state = { type = 'code' }\nkind = { type = 'word', values = ['x'] }\n"
    + "visits = { type = 'integer', unit = 'visits' }\n",
    "days.toml": TABLE.format("days")
    + "key = ['day']\nrows = [{ day = 2026-01-01 }]\n[columns]\nday = { type = 'date' }\n",
}
UNITS, ROW = "fact = 'line.units'", "look_up = 'wide', by = { state = 'OH', kind = 'x' }"
NUMBERS = "is, is_not, at_least, at_most, more_than, less_than, between"
LISTS = "has, has_any_of, has_all_of, has_none_of, has_one_of, has_only, any_starts_with, is_empty"
ONE_LINE, PAST = "where = { fact = 'other.units', is = 1 }", "where = { fact = 'past.code', is = '97760' }"

# the condition, and what is said of it: column, path below rules[0].require, the rest of the sentence
FAULTS: dict[str, tuple[str, str, str]] = {
    # facts
    "fact = 'line.unit', at_most = 4": ("13", ".fact", "no fact is named line.unit; did you mean line.units?"),
    "fact = 'lines.units', at_most = 4": ("13", ".fact", "no fact is named lines.units; did you mean line.units?"),
    "fact = 'coverage.networks', is = 'in'": (
        "13", ".fact", "no fact is named coverage.networks; did you mean coverage.network?",
    ),
    "fact = 'xyz', is = 1": ("13", ".fact", "no fact is named xyz; see the list of known names."),
    "fact = 'past.code', is = '97760'": (
        "13", ".fact", 'past.code needs a past in scope; drop scope = "day", or use a quantifier.',
    ),
    "fact = 'line.units_supported', at_most = 4": (
        "13",
        ".fact",
        "line.units_supported needs the policy to say how timed minutes are counted; add a [timed] section.",
    ),
    # operators
    f"{UNITS}, at_lest = 4": ("34", ".at_lest", 'is not a key here; did you mean "at_least"?'),
    f"{UNITS}, at_least = 1, at_most = 4": (
        "1", "", 'has "at_least" and "at_most", which exclude each other; keep one of them.',
    ),
    UNITS: (
        "1",
        "",
        'has none of "is", "is_not", "at_least", "at_most", "more_than", "less_than", "between", "on_or_after", '
        '"on_or_before", "after", "before", "in" and 10 more; add one of them.',
    ),
    f"{UNITS}, has = 'GP'": ("34", ".has", f"has does not fit a fact of type integer; use one of {NUMBERS}."),
    "fact = 'telehealth', is_not = true": (
        "34", ".is_not", "is_not does not fit a fact of type boolean; use one of is.",
    ),
    "fact = 'line.modifiers', is = 'GP'": ("38", ".is", f"is does not fit a fact of type codes; use one of {LISTS}."),
    "fact = 'line.service_date', at_least = 4": (
        "41",
        ".at_least",
        "at_least does not fit a fact of type date; "
        "use one of is, is_not, on_or_after, on_or_before, after, before, between.",
    ),
    # literals
    f"{UNITS}, at_most = '4'": (
        "34", ".at_most", "is a string, expected a number; write a number, without quotes.",
    ),
    f"{UNITS}, at_most = 4.5": ("34", ".at_most", "the value cannot be an integer; correct the literal."),
    f"{UNITS}, is = -1": ("34", ".is", "the fact can never be -1; it lies between 0 and 999."),
    f"{UNITS}, is = 1000": ("34", ".is", "the fact can never be 1000; it lies between 0 and 999."),
    f"{UNITS}, between = [4, 2]": ("34", ".between", "the range is empty; write the lower value first."),
    f"{UNITS}, between = [4]": ("34", ".between", "has too few entries; write [low, high]."),
    "fact = 'line.charge', at_most = 45.935": ("35", ".at_most", "the value cannot be a money; correct the literal."),
    "fact = 'telehealth', is = 'yes'": ("34", ".is", "the value cannot be a boolean; correct the literal."),
    "fact = 'setting', is = 'corff'": ("31", ".is", "corff is not one of the words it can be; did you mean corf?"),
    "fact = 'setting', in = ['corf', 'homehealth']": (
        "45", ".in[1]", "homehealth is not one of the words it can be; did you mean home_health?",
    ),
    "fact = 'line.modifiers', has = 'GPX'": (
        "38", ".has", "the value cannot be a code of the form ^[A-Z0-9]{2}$; correct the literal.",
    ),
    "fact = 'line.modifiers', has_any_of = []": ("38", ".has_any_of", "is empty; give at least one entry."),
    "fact = 'line.modifiers', has_any_of = ['GP', 'GP']": (
        "38", ".has_any_of", "has an entry more than once; keep each once.",
    ),
    "fact = 'line.code', between = ['97028', '97010']": (
        "33", ".between", "the range is empty; write the lower value first.",
    ),
    "fact = 'contractor', between = ['A1', 'A10']": (
        "34", ".between", "the codes of a range differ in length; write codes of one length.",
    ),
    "fact = 'line.service_date', on_or_after = '2026-01-01'": (
        "41", ".on_or_after", "the value cannot be a date; correct the literal.",
    ),
    "fact = 'line.starts_at', after = '8:00'": (
        "38", ".after", 'does not have the form expected here; write a day as 2025-01-01, or a time as "13:30".',
    ),
    # right-hand sides
    f"{UNITS}, at_most = {{ fact = 'line.minutes' }}": (
        "34", ".at_most", "line.minutes counts minutes, expected units; compare values of one unit.",
    ),
    f"{UNITS}, at_most = {{ fact = 'line.code' }}": (
        "34", ".at_most", "line.code is of type code, expected integer; compare values of one type.",
    ),
    f"{UNITS}, at_most = {{ parameter = 'cap_dayly' }}": (
        "46", ".at_most.parameter", "no parameter is named cap_dayly; did you mean cap_daily?",
    ),
    f"{UNITS}, at_most = {{ parameter = 'threshold' }}": (
        "34", ".at_most", "threshold is of type money, expected integer; compare values of one type.",
    ),
    f"{UNITS}, at_most = {{ {ROW}, column = 'visits' }}": (
        "34", ".at_most", "acme/wide counts visits, expected units; compare values of one unit.",
    ),
    f"{UNITS}, at_most = {{ {ROW}, column = 'visit' }}": (
        "99", ".at_most.column", "acme/wide has no column visit; did you mean visits?",
    ),
    f"{UNITS}, at_most = {{}}": (
        "34", ".at_most", 'has none of "fact", "parameter" and "look_up"; add one of them.',
    ),
    # tables
    "fact = 'line.code', in = { table = 'timed-code' }": (
        "40", ".in.table", "no table is named timed-code; did you mean timed-codes?",
    ),
    "fact = 'line.code', in = { table = 'wide' }": (
        "40", ".in.table", "acme/wide has more than one key column; use a look_up.",
    ),
    "fact = 'line.code', in = { table = 'days' }": (
        "40", ".in.table", "acme/days lists values of type date, expected codes or words; name another table.",
    ),
    "look_up = 'wides', by = { state = 'OH' }, has_row = true": (
        "13", ".look_up", "no table is named wides; did you mean wide?",
    ),
    "look_up = 'wide', by = { state = 'OH' }, has_row = true": (
        "31", ".by", "the look-up does not name the key column kind; name every key column.",
    ),
    "look_up = 'wide', by = { stat = 'OH', kind = 'x' }, has_row = true": (
        "38", ".by.stat", "stat is not a key column of acme/wide; did you mean state?",
    ),
    "look_up = 'wide', by = { state = 'OH', kind = 'y' }, has_row = true": (
        "52", ".by.kind", "y is not one of the words it can be; use x.",
    ),
    "look_up = 'wide', by = { state = { fact = 'patient.age' }, kind = 'x' }, has_row = true": (
        "38", ".by.state", "patient.age is of type integer, expected code; compare values of one type.",
    ),
    f"{ROW}, column = 'visit', is = 1": ("66", ".column", "acme/wide has no column visit; did you mean visits?"),
    f"{ROW}, column = 'visits', is = '1'": ("85", ".is", "the value cannot be an integer; correct the literal."),
    ROW: ("1", "", 'has no "column"; add column with an operator, or has_row.'),
    # days, sums, counts
    "days_from = 'line.service_date', to = 'line.units', at_most = 4": (
        "46", ".to", "line.units is of type integer, expected date; name another fact.",
    ),
    "days_from = 'line.service_date', at_most = 4": ("1", "", 'has no "to"; add it.'),
    "days_from = 'line.service_date', to = 'plan_of_care.sent_on', at_most = { parameter = 'cap_daily' }": (
        "75", ".at_most", "cap_daily counts units, expected days; compare values of one unit.",
    ),
    "sum_of = ['line.units', 'line.charge'], at_most = 4": (
        "37", ".sum_of[1]", "the facts of a sum differ in type; sum facts of one type.",
    ),
    "sum_of = ['line.code'], at_most = 4": (
        "23", ".sum_of[0]", "line.code cannot be summed; sum whole numbers or money that are never negative.",
    ),
    "count_of = 'line', at_most = 4": ("13", ".count_of", 'is "line"; did you mean "lines"?'),
    "sum_of = 'other.units', over = 'lines', since = { fact = 'line.service_date' }, at_most = 4": (
        "53", ".since", "is not allowed here; leave it out: only the history reaches back.",
    ),
    # quantifiers
    f"any_lines = {{ {ONE_LINE} }}": ("13", ".any_lines", 'is not a key here; did you mean "any_line"?'),
    "any_line = { where = { fact = 'other.cod', is = '97760' } }": (
        "36", ".any_line.where.fact", "no fact is named other.cod; did you mean other.code?",
    ),
    f"any_line = {{ as = 'line', {ONE_LINE} }}": (
        "26", ".any_line.as", "line already names something here; give the item another name with as.",
    ),
    f"any_line = {{ where = {{ any_line = {{ {ONE_LINE} }} }} }}": (
        "36", ".any_line.where.any_line.as", "other already names something here; give the item another name with as.",
    ),
    f"no_past_line = {{ since = {{ fact = 'line.units' }}, {PAST} }}": (
        "40", ".no_past_line.since.fact", "line.units is of type integer, expected date; name another fact.",
    ),
    f"no_past_line = {{ since = {{ fact = 'line.service_date' }}, within_days = 3, {PAST} }}": (
        "70", ".no_past_line.within_days", "is not allowed here; keep either since or within_days.",
    ),
    f"no_past_line = {{ within_days = 0, {PAST} }}": (
        "30", ".no_past_line.within_days", "is too small; write 1 or more.",
    ),
    # combinations and named conditions
    "condition = 'togther'": ("13", ".condition", "no condition is named togther; did you mean together?"),
    "all_of = []": ("13", ".all_of", "is empty; give at least one entry."),
    f"all_of = {{ {UNITS}, is = 1 }}": ("13", ".all_of", "is an object, expected a list; put it in square brackets."),
    f"all_of = [{{ {UNITS}, is = 1 }}], any_of = [{{ {UNITS}, is = 1 }}]": (
        "1", "", 'has "all_of" and "any_of", which exclude each other; keep one of them.',
    ),
}  # fmt: skip


@pytest.mark.parametrize("condition", FAULTS)
def test_a_broken_condition_is_refused_with_place_reason_and_remedy(acme: Acme, condition: str) -> None:
    column, path, says = FAULTS[condition]
    found = acme.faults(rule("r", f"{{ {condition} }}") + DECLARED, tables=TABLES)
    assert found == [f"main:10:{column}: rules[0].require{path}: {says}"]


def test_every_fault_of_a_file_is_reported_in_one_run(acme: Acme) -> None:
    many = (
        "{ all_of = [{ fact = 'line.unit', is = 1 }, { any_of = [{ fact = 'telehealth', is = 1 }, "
        "{ fact = 'settings', is = 'corf' }] }, { condition = 'round' }] }"
    )
    text = rule("one", many, when="{ fact = 'telehealt', is = true }") + rule(
        "two", "{ fact = 'line.cod', is = '97760' }"
    )
    assert acme.faults(text + DECLARED + CIRCLE, tables=TABLES) == [
        "main:10:10: rules[0].when.fact: no fact is named telehealt; did you mean telehealth?",
        "main:11:25: rules[0].require.all_of[0].fact: no fact is named line.unit; did you mean line.units?",
        "main:11:90: rules[0].require.all_of[1].any_of[0].is: the value cannot be a boolean; correct the literal.",
        "main:11:102: rules[0].require.all_of[1].any_of[1].fact: no fact is named settings; did you mean setting?",
        "main:17:13: rules[1].require.fact: no fact is named line.cod; did you mean line.code?",
        "main:30:13: conditions.trip.all_of[0].condition: named conditions use each other in a circle "
        "(round → trip → round); break the circle.",
    ]


def test_a_named_condition_that_no_rule_uses_is_checked_too(acme: Acme) -> None:
    unused = "[conditions.few]\nfact = 'line.unit'\nat_most = 4\n[conditions.chain]\nall_of = [{ condition = 'fw' }]\n"
    assert acme.faults(rule("r", f"{{ {UNITS}, is = 1 }}") + unused) == [
        "main:12:1: conditions.few.fact: no fact is named line.unit; did you mean line.units?",
        "main:15:13: conditions.chain.all_of[0].condition: no condition is named fw; did you mean few?",
    ]
    (fault,) = acme.faults(rule("r", f"{{ {UNITS}, is = 1 }}") + CIRCLE)
    assert "named conditions use each other in a circle (round → trip → round)" in fault


# a condition with several faults, and the places below rules[0].require of what is said of it
SEVERAL = {
    "fact = 'line.unit', at_most = { parameter = 'cap_dayly' }": [".fact", ".at_most.parameter"],
    "fact = 'line.cod', in = { table = 'timed-code' }": [".fact", ".in.table"],
    "fact = 'line.unit', between = [{ fact = 'line.unit' }, { parameter = 'cap_dayly' }]": [
        ".fact", ".between[0].fact", ".between[1].parameter",
    ],
    f"{UNITS}, between = [{{ fact = 'line.unit' }}, {{ parameter = 'cap_dayly' }}]": [
        ".between[0].fact", ".between[1].parameter",
    ],
    "days_from = 'line.day', to = 'line.date', at_most = { parameter = 'cap_dayly' }": [
        ".at_most.parameter", ".days_from", ".to",
    ],
    "sum_of = ['line.unit', 'line.units', 'line.minute'], at_most = 4": [".sum_of[0]", ".sum_of[2]"],
    "no_past_line = { since = { fact = 'line.day' }, where = { fact = 'past.cod', is = '97760' } }": [
        ".no_past_line.since.fact", ".no_past_line.where.fact",
    ],
    "look_up = 'wide', by = { state = { fact = 'patient.stat' }, kind = 'y' }, has_row = true": [
        ".by.kind", ".by.state.fact",
    ],
    "fact = 'setting', in = ['corff', 'homehealth']": [".in[0]", ".in[1]"],
}  # fmt: skip


@pytest.mark.parametrize("condition", SEVERAL)
def test_every_fault_of_one_condition_is_told(acme: Acme, condition: str) -> None:
    found = acme.faults(rule("r", f"{{ {condition} }}") + DECLARED, tables=TABLES)
    places = sorted(line.split(": ")[1].removeprefix("rules[0].require") for line in found)
    assert places == sorted(SEVERAL[condition])


def test_a_fault_of_a_named_condition_is_reported_once_where_it_is_declared(acme: Acme) -> None:
    declared = HEAD.replace("acme/main", "acme/other") + "[conditions.far]\nfact = 'line.unit'\nis = 1\n"
    others = {"policies/other.toml": declared + rule("x", f"{{ {UNITS}, is = 1 }}")}
    used = rule("one", "{ any_of = [{ condition = 'far' }] }") + rule("two", "{ condition = 'far' }")
    assert acme.faults(used, more=others) == [
        "acme/policies/other.toml:6:1: conditions.far.fact: no fact is named line.unit; did you mean line.units?"
    ]


def test_a_rule_of_the_day_may_not_use_the_line_also_not_through_a_named_condition(acme: Acme) -> None:
    declared = f"[conditions.few]\n{UNITS}\nat_most = 4\n"
    text = rule("own", f"{{ {UNITS}, at_most = 4 }}", scope="'day'") + rule(
        "named", "{ condition = 'few' }", scope="'day'"
    )
    remedy = 'line.units needs a line in scope; drop scope = "day", or use a quantifier.'
    assert acme.faults(text + declared) == [
        f"main:11:13: rules[0].require.fact: {remedy}",
        f"main:20:1: conditions.few.fact: {remedy}",
    ]


@pytest.mark.parametrize(("depth", "faults"), [(24, 0), (25, 1)])
def test_conditions_nest_only_so_deep(acme: Acme, depth: int, faults: int) -> None:
    condition = f"{{ {UNITS}, at_most = 4 }}"
    for _ in range(depth):
        condition = f"{{ all_of = [{condition}] }}"
    world = acme.load(rule("deep", condition))
    (report,) = world.installation.reports
    found = (report.reason or "").splitlines()
    assert len(found) == faults
    assert all(
        "conditions are nested deeper than 24, those that they name included; say it with fewer levels." in line
        for line in found
    )


def test_named_conditions_count_towards_the_depth(acme: Acme) -> None:
    chain = "".join(f"[conditions.c{n}]\ncondition = 'c{n + 1}'\n" for n in range(30))
    (fault,) = acme.faults(rule("deep", "{ condition = 'c0' }") + chain + f"[conditions.c30]\n{UNITS}\nis = 1\n")
    assert fault.endswith(
        "conditions are nested deeper than 24, those that they name included; say it with fewer levels."
    )


def test_conditions_that_name_each_other_many_times_are_bounded(acme: Acme) -> None:
    ten = "".join(
        f"[conditions.c{n}]\nall_of = [{', '.join([f'{{ condition = {chr(39)}c{n + 1}{chr(39)} }}'] * 10)}]\n"
        for n in range(10)
    )
    (fault,) = acme.faults(rule("many", "{ condition = 'c0' }") + ten + f"[conditions.c10]\n{UNITS}\nis = 1\n")
    assert fault.endswith(
        "the condition has more than 5000 parts once those that it names stand in it;"
        " name fewer of them, or make them smaller."
    )


def test_a_number_of_thousands_of_digits_is_told_with_its_place(acme: Acme) -> None:
    (fault,) = acme.faults(rule("huge", f"{{ fact = 'line.units', at_most = {'9' * 5000} }}"))
    assert "main" in fault
    assert fault.endswith(": a number has too many digits; write a smaller one.")
