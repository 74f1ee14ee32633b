import json

import pytest
from crosspayer import schemas
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.feed.columns import ColumnMap, ready_made
from crosspayer.encounter.feed.schema import column_facts, columns_schema, payer_map_schema
from crosspayer.errors import InputError

from core.tests.encounter.feed.tables import CODE, HEAD, PLAIN, column, faults_of


@pytest.mark.parametrize(("name", "made"), [("columns", columns_schema()), ("payer-map", payer_map_schema())])
def test_the_shipped_schemas_are_those_of_the_catalogue(name: str, made: object) -> None:
    text = json.dumps(made, indent=2, ensure_ascii=False) + "\n"
    assert schemas.text(name) == text, "run: python -m crosspayer.authoring.write_schemas schemas"


def test_a_column_may_hold_any_supplied_fact_but_those_of_earlier_lines() -> None:
    left_out = set(CATALOGUE) - set(column_facts())
    supplied = {path for path in left_out if not CATALOGUE[path].derived}
    assert {path.partition(".")[0] for path in supplied} == {"past", "history"}
    assert "diagnosis_codes" in column_facts()


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (HEAD, 'has no "columns"; add it.'),
        (HEAD + column("u", "line.unit"), 'columns[0].fact: is "line.unit"; did you mean "line.units"?'),
        (HEAD + column("u", "line.units_supported"), "columns[0].fact: is "),
        (HEAD + column("dos", "line.service_date") + CODE, "columns[0]: line.service_date is a day; say with dates"),
        (
            PLAIN + column("x", "patient.birthday", 'dates = ["DD/MM/YYYY"]'),
            'columns[2].dates[0]: is "DD/MM/YYYY"; did you mean "MM/DD/YYYY"?',
        ),
        (PLAIN + column("m", "line.modifiers", 'empty = "unknown"'), 'columns[2].empty: is "unknown"; write empty = '),
        (PLAIN + column("u", "line.units", 'split = ","'), "columns[2].split: is for lists of codes; remove it."),
        (PLAIN + column("u", "line.units", 'currency = "$"'), "columns[2].currency: is for amounts; remove it."),
        (PLAIN + column("u", "line.units", "coverage = 2"), "coverage: line.units is no fact of a coverage"),
        (PLAIN + column("cpt2", "line.code"), "columns[2].fact: columns[0] says it already; keep one of the two."),
        (
            HEAD + '[constants]\nline.code = "97760"\n' + CODE,
            "columns[0].fact: constants says it already; keep one of the two.",
        ),
        (HEAD + column("u", "line.units"), "columns: none of them holds line.code; say which column holds"),
        (
            PLAIN + '[[columns]]\nfact = "line.units"\n',
            "columns[2]: needs either heading or headings; write heading",
        ),
        (PLAIN + '[[columns]]\nheading = "x"\n', "columns[2]: does not say what its cells hold; write one of fact"),
        (
            PLAIN + column("x", "line.units", 'identifier = "payer_id"'),
            "columns[2]: has fact and identifier; write one of fact",
        ),
        (
            PLAIN + '[[columns]]\nheading = "x"\nidentifier = "payer_id"\nvalues = { a = 1 }\n',
            "columns[2].values: is for one fact; write fact beside it",
        ),
        (
            PLAIN + 2 * '[[columns]]\nheading = "x"\nidentifier = "payer_id"\n',
            "columns[3].identifier: columns[2] holds it already; keep one of the two.",
        ),
        (
            PLAIN + column("p", "coverage.payer") + '[[columns]]\nheading = "x"\nidentifier = "payer_id"\n',
            "columns[2].fact: names a payer or plan that the payer map is to find by an identifier; keep this",
        ),
        (
            PLAIN + column("s", "patient.sex", 'values = { F = "femal" }'),
            "columns[2].values.F: is no word; did you mean female?",
        ),
        (
            PLAIN + column("u", "line.one_on_one", 'values = { Y = "yes" }'),
            "columns[2].values.Y: is no boolean; write true or false, without quotes.",
        ),
        (
            PLAIN + column("u", "line.units", 'values = { one = "1" }'),
            "columns[2].values.one: is no integer; write a number, without quotes.",
        ),
        (PLAIN + column("u", "line.units", "values = { one = 1.5 }"), "values.one: is no integer; write a whole"),
        (PLAIN + column("u", "line.units", "values = { one = 1000 }"), "values.one: is no integer; it may be 0"),
        (PLAIN + column("m", "line.modifiers", "values = { one = 1 }"), "values.one: is no codes; write text"),
        (PLAIN + column("m", "line.modifiers", 'values = { one = "gp" }'), "values.one: is no codes; write it"),
        (HEAD + '[constants]\nstage = "claims"\n' + CODE, 'constants.stage: is "claims"; did you mean "claim"?'),
        (HEAD + "[constants]\nline.unit = 1\n" + CODE, 'constants.line.unit: is not a key here; did you mean "units"?'),
        (HEAD + CODE + '[[columns]]\nheading = "n"\nfacts = { IE = { patient.age = "x" } }\n', "age: is a string"),
        ("encounter = [1\n", "columns.toml:2:1: "),
        (HEAD.replace("1", "2") + CODE, "format: is not a value allowed here; write format = 1."),
    ],
)  # fmt: skip
def test_faults_of_a_map_are_told_with_their_place(text: str, wrong: str) -> None:
    found = faults_of(text)
    assert [fault for fault in found if wrong in fault], found
    assert all(fault.startswith("columns.toml:") and fault.count(":") >= 3 for fault in found)


def test_a_map_without_a_fault_has_none() -> None:
    assert faults_of(PLAIN) == []


@pytest.mark.parametrize("name", ready_made())
def test_a_ready_made_map_keeps_to_its_schema_and_says_what_it_is(name: str) -> None:
    made = ColumnMap.read(name)
    assert made.document.data["title"]
    assert made.document.text.startswith("# ")


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("webpt-charge", "no ready-made column map is named webpt-charge; did you mean webpt-charges?"),
        (
            "mine",
            "no ready-made column map is named mine; write a file's name, or one of epic-svc-ln-info, "
            "tuva-medical-claim, webpt-billing, webpt-charges.",
        ),
        ("mine.toml", "mine.toml: there is no such file; correct its name."),
    ],
)
def test_a_map_that_is_not_there(name: str, wrong: str) -> None:
    with pytest.raises(InputError) as error:
        ColumnMap.read(name)
    assert list(map(str, error.value.problems)) == [wrong]
