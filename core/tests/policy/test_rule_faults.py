"""Broken rules, caps, pairs and branches, and rules stronger than their sources: refused with place and remedy."""

from __future__ import annotations

import pytest

from core.tests.acme import HEAD, TWO_PLANS, Acme, rule

REQUIRE = "{ fact = 'line.units', at_most = 4 }"
TABLE = "format = 1\nid = '{0}'\ntitle = 'Invented'\ncites = ['notice']\nopen_ended = 'No end.'\n"
TABLES = {
    "timed-codes.toml": TABLE.format("timed-codes") + "codes = ['97760']\n",
    "days.toml": TABLE.format("days")
    + "key = ['day']\nrows = [{ day = 2026-01-01 }]\n[columns]\nday = { type = 'date' }\n",
    "pairs.toml": TABLE.format("pairs")
    + "key = ['column_1', 'column_2', 'kind']\nrows = [{ column_1 = '97760', column_2 = '97763', kind = 'x' }]\n"
    + "[columns]\ncolumn_1 = { type = 'code' }\ncolumn_2 = { type = 'code' }\n"
    + "kind = { type = 'word', values = ['x'] }\n",
}
ODD_BRANCH = "[[rules.otherwise]]\nwhen = { fact = 'telehealt', is = true }\neffect = 'warn'\n"
BRANCH = ODD_BRANCH.replace("telehealt'", "telehealth'")


def cap(units_of: str = "{ table = 'timed-codes' }", at_most: str = "4", per: str = "['day']", **keys: str) -> str:
    text = f"{{ units_of = {units_of}, per = {per}, at_most = {at_most}, keep_first_by = 'line.number' }}"
    return rule("r", "", **{"effect": "'reduce_units'", **keys}, cap=text)


def pair(*keys: str, table: str = "pairs", by: str = "by = { kind = 'x' }") -> str:
    text = ", ".join(part for part in (f"table = '{table}'", "loses = 'column_2'", by, *keys) if part)
    return rule("r", "", pair=f"{{ {text} }}")


FAULTS: dict[str, tuple[str, str]] = {
    # sources
    "unknown source": (
        rule("r", REQUIRE, cites="['notise']"),
        "9:10: rules[0].cites[0]: no source is named notise; did you mean notice?",
    ),
    "unknown further source": (
        rule("r", REQUIRE, see_also="['notice', 'quotid']"),
        "10:23: rules[0].see_also[1]: no source is named quotid; did you mean quoted?",
    ),
    "unknown source of an adjustment": (
        rule("r", REQUIRE, adjustment="{ carc = '4', cites = ['xyz'] }"),
        "10:37: rules[0].adjustment.cites[0]: no source is named xyz; "
        "use one of association, notice, primary, quoted, secondary, unverified.",
    ),
    # effects
    "no effect": (
        rule("r", REQUIRE, effect=""),
        '5:1: rules[0]: has no "effect"; add the effect that follows when the rule fails.',
    ),
    "a branch that may not fit": (
        rule("r", REQUIRE, effect="") + BRANCH,
        "10:9: rules[0].otherwise: has no entry of the kind it needs; "
        "give the rule an effect, or leave when out of the last branch.",
    ),
    "an adjustment nobody reports": (
        rule("r", REQUIRE, effect="", adjustment="{ carc = '4' }") + "[[rules.otherwise]]\neffect = 'not_covered'\n",
        "9:1: rules[0].adjustment: the adjustment is never reported, because a branch always gives the effect; "
        "move it to the branches that it belongs to.",
    ),
    "a branch nobody reaches": (
        rule("r", REQUIRE) + "[[rules.otherwise]]\neffect = 'warn'\n" + BRANCH,
        "11:1: rules[0].otherwise[0]: the branches after this one can never be reached; "
        "put the branch without when last.",
    ),
    "a condition reduces units": (
        rule("r", REQUIRE, effect="'reduce_units'"),
        "8:1: rules[0].effect: only a cap can reduce units; write the limit as a cap.",
    ),
    "a cap denies": (
        cap(effect="'not_covered'"),
        '8:1: rules[0].effect: a cap reduces units; use effect = "reduce_units", or warn, inform, review.',
    ),
    "a strong rule stands for another": (
        rule("r", REQUIRE, instead_of="'auth_needed'"),
        "10:1: rules[0].instead_of: only a rule that warns or informs stands for a stronger one; "
        "leave it out, or weaken the effect.",
    ),
    # conditions of a rule
    "when": (
        rule("r", REQUIRE, when="{ fact = 'telehealt', is = true }"),
        "10:10: rules[0].when.fact: no fact is named telehealt; did you mean telehealth?",
    ),
    "branch": (
        rule("r", REQUIRE) + ODD_BRANCH,
        "12:10: rules[0].otherwise[0].when.fact: no fact is named telehealt; did you mean telehealth?",
    ),
    "two forms": (
        cap(require=REQUIRE),
        '5:1: rules[0]: has "cap" and "require", which exclude each other; keep one of them.',
    ),
    "no form": (rule("r"), '5:1: rules[0]: has none of "require", "cap" and "pair"; add one of them.'),
    # caps
    "a cap of the day": (cap(scope="'day'"), "10:1: rules[0].scope: a cap judges lines, not the day; leave scope out."),
    "a cap's table": (
        cap("{ table = 'timed-code' }"),
        "10:22: rules[0].cap.units_of.table: no table is named timed-code; did you mean timed-codes?",
    ),
    "a cap's table of days": (
        cap("{ table = 'days' }"),
        "10:22: rules[0].cap.units_of.table: acme/days is not a list of codes; "
        "name a table with one key column, of codes.",
    ),
    "a cap's condition": (
        cap("{ where = { fact = 'line.unit', is = 1 } }"),
        "10:32: rules[0].cap.units_of.where.fact: no fact is named line.unit; did you mean line.units?",
    ),
    "a cap of minutes": (
        cap(at_most="{ fact = 'line.minutes' }"),
        "10:62: rules[0].cap.at_most: line.minutes counts minutes, expected units; compare values of one unit.",
    ),
    "a cap's pools": (
        cap(per="['day', 'code']"),
        "10:47: rules[0].cap.per: has too many entries; let day stand alone; the others divide the day.",
    ),
    # pairs
    "a pair's table": (pair(table="pair"), "10:10: rules[0].pair.table: no table is named pair; did you mean pairs?"),
    "a table without pairs": (
        pair(table="days"),
        "10:10: rules[0].pair.table: acme/days has no key column column_2; key the table by column_1 and column_2.",
    ),
    "a pair's key": (
        pair(by=""),
        "10:1: rules[0].pair.by: the look-up does not name the key column kind; name every key column.",
    ),
    "a pair's other key": (
        pair(by="by = { kinds = 'x' }"),
        "10:54: rules[0].pair.by.kinds: kinds is not a key column of acme/pairs; did you mean kind?",
    ),
    "a pair's equal facts": (
        pair("same = ['rendering.np']"),
        "10:68: rules[0].pair.same.fact: no fact is named other.rendering.np; did you mean other.rendering.npi?",
    ),
    "a pair's bypass column": (
        pair("bypass_when = { column = 'kin', is = 'x' }", "bypass_with = { table = 'timed-codes' }"),
        "10:84: rules[0].pair.bypass_when.column: acme/pairs has no column kin; did you mean kind?",
    ),
    "a pair's bypass table": (
        pair("bypass_with = { table = 'timed-code' }"),
        "10:84: rules[0].pair.bypass_with.table: no table is named timed-code; did you mean timed-codes?",
    ),
    "a pair's bypass without modifiers": (
        pair("bypass_on = 'loser'"),
        '10:1: rules[0].pair: has no "bypass_with" beside "bypass_on"; add it.',
    ),
    "a pair's further condition": (
        pair("where = { fact = 'other.unit', is = 1 }"),
        "10:78: rules[0].pair.where.fact: no fact is named other.unit; did you mean other.units?",
    ),
    # codes, plans, dates, ids
    "judged codes": (
        rule("r", REQUIRE, judges="{ table = 'timed-code' }"),
        "10:12: rules[0].judges.table: no table is named timed-code; did you mean timed-codes?",
    ),
    "an unknown plan": (
        rule("r", REQUIRE, plans="['comercial']"),
        "10:10: rules[0].plans[0]: the manifest knows no plan comercial; did you mean commercial?",
    ),
    "a rule that ends first": (
        rule("r", REQUIRE, **{"from": "2026-02-01", "to": "2026-01-31"}),
        "11:1: rules[0].to: the rule ends before it begins; correct from and to.",
    ),
    "a date in quotes": (
        rule("r", REQUIRE, **{"from": "'2026-02-01'"}),
        "10:1: rules[0].from: is not a date; write the day as YYYY-MM-DD, without quotes.",
    ),
    "versions that overlap": (
        rule("r", REQUIRE, to="2026-06-30") + rule("r", REQUIRE, **{"from": "2026-06-30"}),
        "13:1: rules[1].id: this version of r and the one at main:6 are both in force from 2026-06-30 to 2026-06-30; "
        "correct their from and to, or rename one.",
    ),
    "an id given twice": (
        rule("r", REQUIRE) + rule("s", REQUIRE) + rule("r", REQUIRE, **{"from": "2026-06-30"}),
        "18:1: rules[2].id: a rule has the id r already, at main:6; "
        "rename one, or date them one after the other if they are versions of one rule.",
    ),
    "a version within another": (
        rule("r", REQUIRE, **{"from": "2020-01-01"})
        + rule("r", REQUIRE, **{"from": "2019-01-01", "to": "2019-12-31"})
        + rule("r", REQUIRE, **{"from": "2022-01-01", "to": "2022-12-31"}),
        "21:1: rules[2].id: this version of r and the one at main:6 are both in force from 2022-01-01 to 2022-12-31; "
        "correct their from and to, or rename one.",
    ),
    "versions with a gap": (
        rule("r", REQUIRE, to="2026-06-30") + rule("r", REQUIRE, **{"from": "2026-07-02"}),
        "13:1: rules[1].id: no version of r is in force between this one and the one at main:6; "
        "correct their from and to, or rename one.",
    ),
    # words
    "a topic": (rule("r", REQUIRE, topic="'unit'"), '7:1: rules[0].topic: is "unit"; did you mean "units"?'),
    "an effect": (
        rule("r", REQUIRE, effect="'notcovered'"),
        '8:1: rules[0].effect: is "notcovered"; did you mean "not_covered"?',
    ),
    "a stage": (rule("r", REQUIRE, stage="'claims'"), '10:1: rules[0].stage: is "claims"; did you mean "claim"?'),
    "what a pass grants": (
        rule("r", REQUIRE, grants="'covered'"),
        '10:1: rules[0].grants: is "covered"; did you mean "coverage"?',
    ),
    "a misspelt key": (
        rule("r", REQUIRE, remdy="'Mend it.'"),
        '10:1: rules[0].remdy: is not a key here; did you mean "remedy"?',
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_broken_rule_is_refused_with_place_reason_and_remedy(acme: Acme, name: str) -> None:
    text, says = FAULTS[name]
    assert acme.faults(text, tables=TABLES) == [f"main:{says}"]


def test_the_policy_itself_must_fit_its_plugin(acme: Acme) -> None:
    plain = rule("r", REQUIRE)
    assert acme.faults(plain, head=HEAD.replace("acme/main", "acne/main")) == [
        "main:2:1: id: the policy's id names acne, the plugin is acme; begin it with acme/, "
        "or correct the manifest's id."
    ]
    assert acme.faults(plain, head=HEAD + "plans = ['comercial']\n") == [
        "main:5:10: plans[0]: the manifest knows no plan comercial; did you mean commercial?"
    ]
    assert acme.faults(plain, more={"policies/again.toml": HEAD + plain}) == [
        "main:2:1: id: acme/policies/again.toml:2 has the same id acme/main; give each policy its own id."
    ]
    narrow = rule("r", REQUIRE, plans="['exchange']")
    assert acme.faults(narrow, head=HEAD + "plans = ['commercial']\n", manifest=TWO_PLANS) == [
        "main:11:1: rules[0].plans: the rule names a plan its policy does not speak for; narrow the policy's plans."
    ]
    late = rule("r", REQUIRE, **{"from": "2027-01-01"})
    assert acme.faults(late, head=HEAD + "to = 2026-12-31\n") == [
        "main:6:1: rules[0]: the rule is never in force while its policy is; correct from and to."
    ]


@pytest.mark.parametrize(
    ("effect", "cites", "confidence", "allowed"),
    [
        ("not_covered", "primary", "medium", ""),
        ("not_covered", "quoted", "high", ""),
        ("not_covered", "association", "high", ""),
        ("not_covered", "association", "medium", "warn"),
        ("not_covered", "secondary", "high", "warn"),
        ("auth_needed", "secondary", "high", "warn"),
        ("documentation_needed", "primary", "low", "warn"),
        ("review", "unverified", "high", "inform"),
        ("warn", "unverified", "high", "inform"),
        ("warn", "secondary", "low", ""),
        ("inform", "unverified", "low", ""),
        ("not_covered", "primary', 'secondary", "high", "warn"),
    ],
)
def test_an_effect_stronger_than_its_sources_can_ever_carry_is_refused(
    acme: Acme, effect: str, cites: str, confidence: str, allowed: str
) -> None:
    text = rule("r", REQUIRE, effect=f"'{effect}'", cites=f"['{cites}']", confidence=f"'{confidence}'")
    if not allowed:
        assert acme(text).engine.payers["acme"].rules[0].effect == effect
        return
    grade = cites.rpartition("'")[2]
    assert acme.faults(text) == [
        f"main:8:1: rules[0].effect: sources graded {grade} with {confidence} confidence cannot carry {effect}; "
        f"use {allowed}, or a better source."
    ]


def test_a_branch_and_a_further_source_are_held_to_the_same_measure(acme: Acme) -> None:
    weak = rule("r", REQUIRE, effect="'warn'", cites="['secondary']") + BRANCH.replace("'warn'", "'auth_needed'")
    (fault,) = acme.faults(weak)
    assert fault.endswith("cannot carry auth_needed; use warn, or a better source.")
    supported = acme(rule("r", REQUIRE, cites="['notice']", see_also="['secondary', 'unverified']"))
    assert supported.engine.payers["acme"].rules[0].effect == "not_covered"


def test_faults_of_several_rules_and_files_are_reported_together(acme: Acme) -> None:
    other = HEAD.replace("acme/main", "acme/other") + FAULTS["when"][0]
    text = FAULTS["unknown source"][0] + FAULTS["a condition reduces units"][0].replace("'r'", "'s'")
    assert acme.faults(text, more={"policies/other.toml": other}) == [
        f"main:{FAULTS['unknown source'][1]}",
        "main:14:1: rules[1].effect: only a cap can reduce units; write the limit as a cap.",
        f"acme/policies/other.toml:{FAULTS['when'][1]}",
    ]
