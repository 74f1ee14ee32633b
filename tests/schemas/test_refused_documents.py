"""Documents with one mistake each: all are refused, at the key where the mistake stands."""

import tomllib
from collections.abc import Callable
from typing import Any

import pytest

Places = Callable[[str, Any], set[tuple[str | int, ...]]]
Refused = Callable[[str, str, str], None]

# Synthetic: {} is where a mistake goes in.
POLICY = """
format = 1
id = "acme/units"
title = "Units"
codes = ["97760"]
"""
RULE = """
[[rules]]
id = "four-units"
topic = "units"
effect = "warn"
cites = ["notice"]
"""
REQUIRE = "require = { fact = 'line.units', at_most = 4 }\n"
LINE_RULE = POLICY + RULE
VALUE = "{ from = 2025-01-01, to = 2025-12-31, value = 4, cites = ['a'] }"
PARAMETER = POLICY + "[parameters.cap]\nunit = 'units'\nvalues = [{}]\n" + RULE + REQUIRE
CAP = (
    LINE_RULE + "cap = { units_of = { table = 'codes' }, per = ['day'], at_most = 4, keep_first_by = 'line.number' {} }"
)
PAIR = LINE_RULE + "pair = { table = 'pairs', loses = 'column_2' {} }"
OTHERWISE = POLICY + RULE.replace('effect = "warn"\n', "") + REQUIRE
SOURCES = """
format = 1
[sources.notice]
publisher = "Acme"
title = "Notice"
read = 2026-11-23
grade = "primary"
"""
TABLE = """
format = 1
id = "programmes"
title = "Programmes"
cites = ["notice"]
"""
ROWS = "key = ['state']\nrows = [{ state = 'OH', visits = 6 }]\n"
COLUMNS = "[columns]\nstate = { type = 'code' }\nvisits = { type = 'integer' }\n"
CASES = """
format = 1
[encounters.base]
id = "base"
[[cases]]
id = "satisfied"
"""
CASE = CASES + "rule = 'units/four-units'\nencounter = 'base'\nexpect = 'pass'\n"
MANIFEST = """
api = 1
kind = "data"
version = "2026.11.0"
id = "acme"
name = "Acme Health"
"""
PAYER = MANIFEST + "[[plans]]\nid = 'commercial'\nname = 'Commercial'\nline_of_business = 'commercial'\n"
FACT = PAYER + "[[facts]]\nname = 'gold_card'\nmeaning = 'Waives review.'\nask = 'payer'\n"
USE = PAYER + "[[uses]]\npack = 'common'\nversion = '>=2026.11'\npolicy = 'codes'\nrules = ['once']\n"
PACK = MANIFEST.replace("data", "pack")


def without(text: str, key: str) -> str:
    lines = [line for line in text.splitlines() if not line.startswith(f"{key} =")]
    assert len(lines) < len(text.splitlines())
    return "\n".join(lines) + "\n"


def replaced(text: str, key: str, value: str) -> str:
    return "\n".join(f"{key} = {value}" if line.startswith(f"{key} =") else line for line in text.splitlines()) + "\n"


VALID = [
    ("policy", LINE_RULE + REQUIRE),
    ("policy", PARAMETER.replace("{}", VALUE)),
    ("policy", CAP.replace("{}", "")),
    ("policy", PAIR.replace("{}", "")),
    ("policy", OTHERWISE + "[[rules.otherwise]]\neffect = 'warn'\n"),
    ("sources", SOURCES),
    ("table", TABLE + "covers_to = 2026-12-31\n" + ROWS + COLUMNS),
    ("table", TABLE + "open_ended = 'no end is published'\ncodes = ['97110']\n"),
    ("case", CASE),
    ("payer", FACT + "type = 'boolean'\n"),
    ("payer", USE),
    ("pack", PACK),
]

REFUSED = [
    # the policy itself
    *[
        ("policy", f"{text}\n{RULE}{REQUIRE}", place)
        for text, place in [
            (without(POLICY, "format"), ""),
            ("forma = 1\n" + POLICY, "forma"),
            (replaced(POLICY, "format", "2"), "format"),
            (replaced(POLICY, "id", "'units'"), "id"),
            (replaced(POLICY, "id", "'acme/Units'"), "id"),
            (replaced(POLICY, "id", f"'acme/{'x' * 200}'"), "id"),
            (without(POLICY, "title"), ""),
            (replaced(POLICY, "title", "''"), "title"),
            (replaced(POLICY, "codes", "[97760]"), "codes[0]"),
            (replaced(POLICY, "codes", "['97760', '97760']"), "codes"),
            (replaced(POLICY, "codes", "[]"), "codes"),
            (POLICY + "plans = []", "plans"),
            (POLICY + "plan = ['commercial']", "plan"),
            (POLICY + "from = 2025", "from"),
            (POLICY + "from = 'soon'", "from"),
            (POLICY + "from = 2025-01-01T00:00:00", "from"),
            (POLICY + "[timed]\ncodes = ['97110']", "timed.codes"),
            (POLICY + "[timed]\ncodes = { table = 'timed' }\nmetod = 'cms_total'", "timed.metod"),
            (POLICY + "[timed]\ncodes = { table = 'timed' }\nmethod = 'total'", "timed.method"),
            (
                POLICY + "[timed]\ncodes = { table = 'timed' }\nmethod = { fact = 'line.units' }",
                "timed.method.fact",
            ),
            (POLICY + "[conditions.kebab-case]\nfact = 'a'\nis = true", "conditions.kebab-case"),
            (POLICY + "[conditions.small]\nfact = 'a'\nat_lest = 4", "conditions.small.at_lest"),
            (POLICY + "[parameters.kx-threshold]\nunit = 'USD'\nvalues = []", "parameters.kx-threshold"),
            (POLICY + "[parameters.cap]\nunit = 'units'\nvalues = []", "parameters.cap.values"),
        ]
    ],
    ("policy", POLICY, ""),
    ("policy", POLICY + "rules = []", "rules"),
    ("policy", without(LINE_RULE, "codes") + REQUIRE, ""),
    # parameters
    ("policy", PARAMETER.replace("'units'", "'hours'").replace("{}", VALUE), "parameters.cap.unit"),
    *[
        ("policy", PARAMETER.replace("{}", f"{{ {value} }}"), f"parameters.cap.values[0]{place}")
        for value, place in [
            ("from = 2025-01-01, value = 4, cites = ['a']", ""),
            ("to = 2025-12-31, value = 4, cites = ['a']", ""),
            ("from = 2025-01-01, to = 2025-12-31, value = 4", ""),
            ("from = 2025-01-01, to = 2025-12-31, value = 4, cites = []", ".cites"),
            ("from = 2025-01-01, too = 2025-12-31, value = 4, cites = ['a']", ".too"),
            ("from = 2025-01-01, to = 2025-12-31, value = 4.5, cites = ['a']", ".value"),
            ("from = 2025-01-01, to = 2025-12-31, value = '4', cites = ['a']", ".value"),
            ("from = 2025-01-01, to = 2025-12-31, value = -4, cites = ['a']", ".value"),
            ("from = 2025-01-01, to = 2025-12-31, open_ended = 'why', value = 4, cites = ['a']", ".to"),
            ("from = 2025-01-01, open_ended = true, value = 4, cites = ['a']", ".open_ended"),
            (
                "from = 2025-01-01, to = 2025-12-31, value = 4, cites = ['a'], confidence = 'sure'",
                ".confidence",
            ),
        ]
    ],
    # rules
    ("policy", LINE_RULE, "rules[0]"),
    ("policy", LINE_RULE + "requires = { fact = 'a', is = true }", "rules[0].requires"),
    ("policy", CAP.replace("{}", "") + "\nrequire = { fact = 'a', is = true }", "rules[0]"),
    *[
        ("policy", text + REQUIRE, f"rules[0]{place}")
        for text, place in [
            (POLICY + without(RULE, "id"), ""),
            (POLICY + without(RULE, "cites"), ""),
            (POLICY + without(RULE, "effect"), ""),
            (POLICY + replaced(RULE, "id", "'Four_Units'"), ".id"),
            (POLICY + replaced(RULE, "id", "2026-01-01"), ".id"),
            (POLICY + replaced(RULE, "topic", "'unit'"), ".topic"),
            (POLICY + replaced(RULE, "effect", "'deny'"), ".effect"),
            (POLICY + replaced(RULE, "cites", "'notice'"), ".cites"),
            (POLICY + replaced(RULE, "cites", "['bpm-220.1']"), ".cites[0]"),
            (LINE_RULE + "confidence = 'certain'\n", ".confidence"),
            (LINE_RULE + "stage = 'preclaim'\n", ".stage"),
            (LINE_RULE + "scope = 'encounter'\n", ".scope"),
            (LINE_RULE + "dated_by = 'evaluation_date'\n", ".dated_by"),
            (LINE_RULE + "grants = 'covered'\n", ".grants"),
            (LINE_RULE + "off = true\n", ".off"),
            (LINE_RULE + "carries = ['MED12']\n", ".carries[0]"),
            (LINE_RULE + "judges = { tables = 'codes' }\n", ".judges.tables"),
            (LINE_RULE + "judges = []\n", ".judges"),
            (LINE_RULE + "severity = 'high'\n", ".severity"),
            (LINE_RULE + "when = true\n", ".when"),
            (LINE_RULE + "adjustment = { group = 'CO' }\n", ".adjustment"),
            (LINE_RULE + "adjustment = { carc = 4 }\n", ".adjustment.carc"),
            (LINE_RULE + "adjustment = { carc = '4', group = 'PA' }\n", ".adjustment.group"),
            (LINE_RULE + "adjustment = { carc = '4', rarc = '519' }\n", ".adjustment.rarc"),
        ]
    ],
    ("policy", OTHERWISE + "[[rules.otherwise]]\nremedy = 'Ask.'", "rules[0].otherwise[0]"),
    (
        "policy",
        OTHERWISE + "[[rules.otherwise]]\neffect = 'warn'\ntopic = 'units'",
        "rules[0].otherwise[0].topic",
    ),
    (
        "policy",
        OTHERWISE + "[[rules.otherwise]]\neffect = 'warn'\nwhen = { fact = 'a', is = true }",
        "rules[0].otherwise",
    ),
    (
        "policy",
        OTHERWISE + "[[rules.otherwise]]\neffect = 'warn'\n[[rules.otherwise]]\neffect = 'warn'\nwhen = { fact = 'a' }",
        "rules[0].otherwise[1].when",
    ),
    # caps and pairs
    *[
        ("policy", CAP.replace(" {} }", " }").replace(old, new), f"rules[0].cap{place}")
        for old, new, place in [
            (", keep_first_by = 'line.number'", "", ""),
            ("at_most", "at_mots", ".at_mots"),
            ("at_most = 4", "at_most = '4'", ".at_most"),
            ("per = ['day']", "per = ['day', 'code']", ".per"),
            ("per = ['day']", "per = ['npi']", ".per[0]"),
            ("table = 'codes'", "table = 'codes', codes = ['97760']", ".units_of"),
            ("table = 'codes'", "where = { fact = 'line.code' }", ".units_of.where"),
            ("table = 'codes'", "code = '97760'", ".units_of.code"),
            ("'line.number'", "'-line.number'", ".keep_first_by"),
        ]
    ],
    *[
        ("policy", PAIR.replace("{}", f", {extra}"), f"rules[0].pair{place}")
        for extra, place in [
            ("lose = 'column_1'", ".lose"),
            ("bypass_on = 'either'", ""),
            ("bypass_with = ['59']", ".bypass_with"),
            ("bypass_with = { table = 't' }, bypass_on = 'winner'", ".bypass_on"),
            ("bypass_with = { table = 't' }, bypass_when = { column = 'a' }", ".bypass_when"),
            ("bypass_with = { table = 't' }, bypass_when = { column = 'a', iss = 1 }", ".bypass_when.iss"),
            ("by = { setting = {} }", ".by.setting"),
            ("same = []", ".same"),
        ]
    ],
    ("policy", LINE_RULE + "pair = { table = 'pairs', loses = 'column_3' }", "rules[0].pair.loses"),
    # sources
    ("sources", "format = 1\n", ""),
    ("sources", "format = 1\n[sources]\n", "sources"),
    ("sources", SOURCES.replace("sources.notice", "sources.The_Notice"), "sources.The_Notice"),
    ("sources", without(SOURCES, "grade"), "sources.notice"),
    ("sources", replaced(SOURCES, "grade", "'P'"), "sources.notice.grade"),
    ("sources", replaced(SOURCES, "read", "'yesterday'"), "sources.notice.read"),
    ("sources", SOURCES + "link = 'https://example.org'", "sources.notice.link"),
    ("sources", SOURCES + "url = 'example.org/notice'", "sources.notice.url"),
    # tables
    ("table", TABLE + ROWS + COLUMNS, ""),
    ("table", TABLE + "covers_to = 2026-12-31\n" + ROWS, ""),
    ("table", TABLE + "covers_to = 2026-12-31\nopen_ended = 'why'\ncodes = ['97110']", "covers_to"),
    ("table", TABLE + "covers_to = 2026-12-31\ncodes = ['97110']\nkey = ['code']", "key"),
    ("table", TABLE + "covers_to = 2026-12-31\ncovers_form = 2018-01-01\ncodes = ['97110']", "covers_form"),
    ("table", TABLE + "covers_to = 2026-12-31\ncodes = ['97110', 97112]", "codes[1]"),
    *[
        ("table", TABLE + "covers_to = 2026-12-31\n" + (ROWS + COLUMNS).replace(old, new), place)
        for old, new, place in [
            ("['state']", "'state'", "key"),
            ("[{ state = 'OH', visits = 6 }]", "'../rows.csv'", "rows"),
            ("[{ state = 'OH', visits = 6 }]", "[]", "rows"),
            ("visits = 6", "visits = [6]", "rows[0].visits"),
            ("visits = 6", "from = 'early'", "rows[0].from"),
            ("visits = 6", "Visits = 6", "rows[0].Visits"),
            ("'integer'", "'number'", "columns.visits.type"),
            ("'integer'", "'word'", "columns.visits"),
            ("'code'", "'code', values = ['OH']", "columns.state.values"),
            ("'code'", "'code', unit = 'visits'", "columns.state.unit"),
            ("state = { type = 'code' }", "from = { type = 'date' }", "columns.from"),
        ]
    ],
    # cases
    ("case", without(CASE, "format"), ""),
    ("case", CASE.replace("encounter = 'base'", "encounter = 'Base'"), "cases[0].encounter"),
    ("case", CASE.replace("encounter = 'base'", "encounter = 1"), "cases[0].encounter"),
    ("case", "format = 1\n[encounters]\n" + CASE[CASE.index("[[cases]]") :], "encounters"),
    ("case", "format = 1\n[encounters.base]\nid = 'base'", ""),
    ("case", CASE.replace("[encounters.base]", "[encounters.Base]"), "encounters.Base"),
    ("case", CASES + "expect = 'pass'", "cases[0]"),
    ("case", without(CASE, "rule"), "cases[0]"),
    ("case", without(CASE, "expect"), "cases[0]"),
    ("case", replaced(CASE, "expect", "'deny'"), "cases[0].expect"),
    ("case", replaced(CASE, "rule", "'four-units'"), "cases[0].rule"),
    *[
        ("case", CASE + extra, f"cases[0].{place}")
        for extra, place in [
            ("from = 'other'", "encounter"),
            ("expects = 'pass'", "expects"),
            ("effect = 'denied'", "effect"),
            ("verdict = 'denied'", "verdict"),
            ("payable = -1", "payable"),
            ("line = 0", "line"),
            ("remove = []", "remove"),
            ("remove = ['lines.0.units!']", "remove[0]"),
            ("missing = 'lines[0].units'", "missing"),
            ("change = {}", "change"),
            ("change = { 'lines[0].units' = 5, 'lines[0].code' = '97761' }", "change"),
            ("change = { 'lines[0]' = { units = 5 } }", 'change."lines[0]"'),
            ("change = { 'lines[x]' = 5 }", 'change."lines[x]"'),
        ]
    ],
    # manifests
    ("payer", MANIFEST, ""),
    ("payer", replaced(PAYER, "api", "2"), "api"),
    ("payer", replaced(PAYER, "kind", "'pack'"), "kind"),
    ("payer", replaced(PAYER, "version", "'1.0'"), "version"),
    ("payer", replaced(PAYER, "line_of_business", "'private'"), "plans[0].line_of_business"),
    ("payer", PAYER + "line = 'commercial'", "plans[0].line"),
    ("payer", FACT + "type = 'number'", "facts[0].type"),
    ("payer", FACT + "type = 'word'", "facts[0]"),
    ("payer", FACT + "type = 'boolean'\nvalues = ['yes']", "facts[0].values"),
    ("payer", replaced(FACT, "ask", "'doctor'") + "type = 'boolean'", "facts[0].ask"),
    ("payer", without(USE, "rules"), "uses[0]"),
    ("payer", replaced(USE, "policy", "'common/codes'"), "uses[0].policy"),
    ("payer", replaced(USE, "rules", "[]"), "uses[0].rules"),
    (
        "payer",
        PAYER + "[[uses]]\npack = 'common'\nversion = '2026'\npolicy = 'a'\nrules = ['b']",
        "uses[0].version",
    ),
    ("payer", USE + "confidence = 'high'", "uses[0]"),
    ("payer", USE + "set = { daily_cap = '4' }", "uses[0].set.daily_cap"),
    ("payer", USE + "set = { method = 'midpoint' }", "uses[0].set.method"),
    ("payer", USE + "set = { daily-cap = 4 }", "uses[0].set.daily-cap"),
    ("pack", without(PACK, "name"), ""),
    ("pack", replaced(PACK, "kind", "'data'"), "kind"),
    ("pack", PACK + "[[plans]]\nid = 'a'", "plans"),
]


@pytest.mark.parametrize(("name", "text"), VALID)
def test_the_documents_without_the_mistakes_are_valid(places: Places, name: str, text: str) -> None:
    assert places(name, tomllib.loads(text)) == set()


@pytest.mark.parametrize(("name", "text", "place"), REFUSED, ids=lambda value: value[-60:])
def test_a_mistake_is_found_where_it_stands(refused: Refused, name: str, text: str, place: str) -> None:
    refused(name, text, place)
