"""Parameters, tables, sources and settings as their documents declare them: what loads, and what is refused where."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from datetime import date

import pytest
from crosspayer.encounter.fact import Type
from crosspayer.errors import InputError
from crosspayer.policy import documents, namespace
from crosspayer.policy.documents import ValidatedDigests, read_toml

from core.tests.acme import HEAD, SOURCES, Acme, rule

PLAIN = rule("r", "{ fact = 'line.units', at_most = 4 }")


def parameter(*values: str, unit: str = "units") -> str:
    return PLAIN + f"[parameters.p]\nunit = '{unit}'\nvalues = [{', '.join(values)}]\n"


def value(first: str, last: str, number: str = "1", **keys: str) -> str:
    written = {"from": first, "to": last, "value": number, "cites": "['notice']", **keys}
    return "{ " + ", ".join(f"{key} = {text}" for key, text in written.items() if text) + " }"


YEAR = value("2026-01-01", "2026-12-31")
PARAMETERS: dict[str, tuple[str, str]] = {
    "reversed": (
        parameter(value("2026-02-01", "2026-01-01")),
        "13:11: parameters.p.values[0]: the value ends before it begins; correct from and to.",
    ),
    "overlap": (
        parameter(value("2026-01-01", "2026-06-30"), value("2026-06-30", "2026-12-31")),
        "13:82: parameters.p.values[1]: the value overlaps the one before; correct from and to.",
    ),
    "gap": (
        parameter(value("2026-01-01", "2026-06-29"), value("2026-07-01", "2026-12-31")),
        "13:82: parameters.p.values[1]: the value leaves a gap; correct from and to.",
    ),
    "open-ended before another": (
        parameter(value("2026-01-01", "", open_ended="'No end.'"), YEAR),
        "13:11: parameters.p.values[0]: only the last value may be open-ended; give it a last day with to.",
    ),
    "no end": (
        parameter(value("2026-01-01", "")),
        '13:11: parameters.p.values[0]: has no "to"; add to, or open_ended with the reason why no end is known.',
    ),
    "part of a unit": (
        parameter(value("2026-01-01", "2026-12-31", "1.5")),
        "13:49: parameters.p.values[0].value: is a decimal number, expected a whole number; "
        "write a whole number, or make the unit USD.",
    ),
    "part of a cent": (
        parameter(value("2026-01-01", "2026-12-31", "1.505"), unit="USD"),
        "13:49: parameters.p.values[0].value: the value cannot be a money; correct the value.",
    ),
    "infinite": (
        parameter(value("2026-01-01", "2026-12-31", "inf"), unit="USD"),
        "13:49: parameters.p.values[0].value: is not a finite number, expected a number; write a number.",
    ),
    "unknown source": (
        parameter(value("2026-01-01", "2026-12-31", cites="['notise']")),
        "13:69: parameters.p.values[0].cites[0]: no source is named notise; did you mean notice?",
    ),
    "unit": (parameter(YEAR, unit="unit"), '12:1: parameters.p.unit: is "unit"; did you mean "units"?'),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_a_broken_parameter_is_refused(acme: Acme, name: str) -> None:
    text, says = PARAMETERS[name]
    assert acme.faults(text) == [f"main:{says}"]


def test_a_parameter_has_its_type_from_its_unit_and_a_value_on_the_days_it_holds(acme: Acme) -> None:
    first = value("2025-01-01", "2025-12-31", "2410.5")
    text = parameter(first, value("2026-01-01", "", "2480", open_ended="'No end.'"), unit="USD")
    (loaded,) = acme(text).engine.payers["acme"].rules
    money = loaded.parameters["p"]
    assert (money.type, money.unit, money.open_ended) == (Type.MONEY, "USD", True)
    found = {day: money.on(date.fromisoformat(day)) for day in ("2024-12-31", "2025-12-31", "2026-01-01", "9999-12-31")}
    cents = {day: held.value if held else None for day, held in found.items()}
    assert cents == {"2024-12-31": None, "2025-12-31": 241_050, "2026-01-01": 248_000, "9999-12-31": 248_000}


# --- tables

TABLE = "format = 1\nid = 't'\ntitle = 'Invented'\ncites = ['notice']\nopen_ended = 'No end.'\n"
COLUMNS = (
    "[columns]\nstate = { type = 'code' }\nvisits = { type = 'integer' }\nkind = { type = 'word', values = ['x'] }\n"
    "fee = { type = 'money' }\nday = { type = 'date' }\nyes = { type = 'boolean' }\n"
)
TABLES: dict[str, tuple[str, str]] = {
    "a key that is no column": (
        "key = ['stat']\nrows = [{ state = 'OH' }]\n" + COLUMNS,
        "6:8: key[0]: stat is not a column; did you mean state?",
    ),
    "a cell of another type": (
        "key = ['state']\nrows = [{ state = 'OH', visits = '1' }]\n" + COLUMNS,
        "7:25: rows[0].visits: the cell under visits cannot be an integer; correct the cell.",
    ),
    "a cell that is no word of its column": (
        "key = ['state']\nrows = [{ state = 'OH' }, { state = 'PA', kind = 'z' }]\n" + COLUMNS,
        "7:43: rows[1].kind: the cell under kind cannot be a word; write one of x.",
    ),
    "a cell of no column": (
        "key = ['state']\nrows = [{ state = 'OH', visit = 1 }]\n" + COLUMNS,
        "7:25: rows[0].visit: there is no column visit; did you mean visits?",
    ),
    "an empty key": (
        "key = ['state', 'kind']\nrows = [{ state = 'OH', visits = 1 }]\n" + COLUMNS,
        "7:9: rows[0]: the key column kind is empty; fill the cell.",
    ),
    "a row that ends first": (
        "key = ['state']\nrows = [{ state = 'OH', from = 2026-02-01, to = 2026-01-31 }]\n" + COLUMNS,
        "7:44: rows[0].to: to lies before from; correct the dates.",
    ),
    "rows that overlap": (
        "key = ['state']\nrows = [{ state = 'OH', to = 2026-02-01 }, { state = 'OH', from = 2026-02-01 }]\n" + COLUMNS,
        "7:1: rows: two rows of the key OH overlap in time; end one before the other begins.",
    ),
    "codes and rows": (
        "codes = ['97760']\nkey = ['code']\n",
        "7:1: key: is not allowed here; keep either codes or key, rows and columns.",
    ),
    "no such file": (
        "key = ['state']\nrows = 'u.csv'\n" + COLUMNS,
        "7:1: rows: there is no file tables/u.csv; name the CSV file beside this one.",
    ),
}


@pytest.mark.parametrize("name", TABLES)
def test_a_broken_table_is_refused(acme: Acme, name: str) -> None:
    text, says = TABLES[name]
    assert acme.faults(PLAIN, tables={"t.toml": TABLE + text}) == [f"acme/tables/t.toml:{says}"]


def test_a_table_needs_an_end_or_a_reason_and_may_not_end_before_it_begins(acme: Acme) -> None:
    bare = "format = 1\nid = 't'\ntitle = 'Invented'\ncites = ['notice']\ncodes = ['97760']\n"
    assert acme.faults(PLAIN, tables={"t.toml": bare}) == [
        'acme/tables/t.toml:1:1: has no "covers_to"; add covers_to, or open_ended with the reason why no end is known.'
    ]
    turned = bare + "covers_from = 2026-02-01\ncovers_to = 2026-01-31\n"
    assert acme.faults(PLAIN, tables={"t.toml": turned}) == [
        "acme/tables/t.toml:7:1: covers_to: the table ends before it begins; correct covers_from and covers_to."
    ]


HEADER = "state,visits,kind,fee,day,yes"
CSV: dict[str, tuple[str, str]] = {
    "unknown column": ("stat,visits,kind,fee,day,yes\n", "t.csv has an unknown column stat, no column state; make"),
    "missing column": (
        "state,visits\nOH,1\n",
        "t.csv has no column kind, no column fee, no column day, no column yes; make",
    ),
    "column twice": (f"state,{HEADER}\nOH,OH,1,x,1.5,2026-01-01,true\n", "t.csv has the column state twice; make"),
    "empty file": ("", "t.csv has no column state, no column visits, no column kind, no column fee, no column day"),
    "short row": (f"{HEADER}\nOH,1,x\n", "t.csv:2:1: the row has not as many cells as the header; correct the row"),
    "long row": (f"{HEADER}\nOH,1,x,1,2026-01-01,true,9\n", "t.csv:2:1: the row has not as many cells as the header"),
    "word for a number": (f"{HEADER}\nOH,one,x,1,2026-01-01,true\n", "the cell under visits cannot be an integer"),
    "blank in a number": (f"{HEADER}\nOH, 1,x,1,2026-01-01,true\n", "the cell under visits cannot be an integer"),
    "digits joined": (f"{HEADER}\nOH,1_0,x,1,2026-01-01,true\n", "the cell under visits cannot be an integer"),
    "other digits": (f"{HEADER}\nOH,\u0661,x,1,2026-01-01,true\n", "the cell under visits cannot be an integer"),
    "part of a cent": (f"{HEADER}\nOH,1,x,1.505,2026-01-01,true\n", "the cell under fee cannot be a money"),
    "infinite": (f"{HEADER}\nOH,1,x,inf,2026-01-01,true\n", "the cell under fee cannot be a money"),
    "not a number": (f"{HEADER}\nOH,1,x,nan,2026-01-01,true\n", "the cell under fee cannot be a money"),
    "date without lines": (f"{HEADER}\nOH,1,x,1,20260101,true\n", "the cell under day cannot be a date"),
    "date of a week": (f"{HEADER}\nOH,1,x,1,2026-W01-1,true\n", "the cell under day cannot be a date"),
    "date that does not exist": (f"{HEADER}\nOH,1,x,1,2026-02-29,true\n", "the cell under day cannot be a date"),
    "yes": (f"{HEADER}\nOH,1,x,1,2026-01-01,yes\n", "the cell under yes cannot be a boolean; correct the cell"),
    "from": (
        f"{HEADER},from\nOH,1,x,1,2026-01-01,true,2026\n",
        "t.csv:2:1: from: from is not a date; write YYYY-MM-DD",
    ),
}


@pytest.mark.parametrize("name", CSV)
def test_a_broken_file_of_rows_is_refused_with_its_line(acme: Acme, name: str) -> None:
    text, says = CSV[name]
    described = TABLE + "key = ['state']\nrows = 't.csv'\n" + COLUMNS
    (fault,) = acme.faults(PLAIN, tables={"t.toml": described, "t.csv": text})
    at_the_header = "acme/tables/t.toml:7:1: rows: acme/tables/t.csv has "
    assert fault.startswith((at_the_header, "acme/tables/t.csv:2:1: "))
    assert says in fault


def test_rows_of_a_file_are_typed_and_empty_cells_are_unknown(acme: Acme) -> None:
    described = TABLE + "key = ['state']\nrows = 't.csv'\n" + COLUMNS
    rows = f"{HEADER},from,to\nOH,-1,x,1.5,2026-01-01,true,2026-01-01,\n'PA',,,2,,false,,2026-12-31\n".replace("'", '"')
    (table,) = acme(PLAIN, tables={"t.toml": described, "t.csv": "\ufeff" + rows}).engine.payers["acme"].tables.values()
    first, second = table.rows
    day = date(2026, 1, 1)
    assert first.cells == {"state": "OH", "visits": -1, "kind": "x", "fee": 150, "day": day, "yes": True}
    assert (first.key, first.first, first.last) == (("OH",), day, date.max)
    assert second.cells == {"state": "PA", "visits": None, "kind": None, "fee": 200, "day": None, "yes": False}
    assert (second.first, second.last) == (date.min, date(2026, 12, 31))


def test_the_digest_of_a_table_covers_the_file_of_its_rows(acme: Acme) -> None:
    described = TABLE + "key = ['state']\nrows = 't.csv'\n" + COLUMNS
    digests = {
        table.digest
        for visits in (1, 2)
        for table in acme(
            PLAIN, tables={"t.toml": described, "t.csv": f"{HEADER}\nOH,{visits},x,1.5,2026-01-01,true\n"}
        )
        .engine.payers["acme"]
        .tables.values()
    }
    assert len(digests) == 2


# --- names declared twice, sources


def test_each_name_is_declared_once_among_the_policies_of_a_plugin(acme: Acme) -> None:
    condition = "[conditions.c]\nfact = 'line.units'\nis = 1\n"
    table = TABLE + "codes = ['97760']\n"
    more = {"policies/other.toml": HEAD.replace("acme/main", "acme/other") + parameter(YEAR) + condition}
    found = acme.faults(parameter(YEAR) + condition, more=more, tables={"t.toml": table, "u.toml": table})
    assert found == [
        "acme/policies/other.toml:11:13: parameters.p: main:11 declares a parameter p too; declare it once.",
        "acme/policies/other.toml:14:13: conditions.c: main:14 declares a condition c too; declare it once.",
        "acme/tables/u.toml:2:1: id: acme/tables/t.toml:2 describes a table t too; rename one.",
    ]


def test_a_source_has_a_known_grade(acme: Acme) -> None:
    assert acme.faults(PLAIN, sources=SOURCES.replace("'primary'", "'primry'", 1)) == [
        'acme/sources.toml:6:1: sources.notice.grade: is "primry"; did you mean "primary"?'
    ]


def test_timed_codes_stand_in_a_known_table(acme: Acme) -> None:
    assert acme.faults("[timed]\ncodes = { table = 'timed' }\n" + PLAIN) == [
        "main:6:11: timed.codes.table: no table is named timed; none is declared."
    ]


def in_braces(number: int) -> str:
    """A table of so many rows, whose words and comments hold commas, equals signs, braces and quotes too."""
    row = '  { state = "OH, {PA}", kind = \'a = "b", c\', day = 2026-01-01 }, # not, a, row = 1\n'
    return TABLE + "key = ['state']\nrows = [\n" + row * number + "]\n"


LISTED: dict[str, Callable[[int], str]] = {
    "codes": lambda number: TABLE + "codes = [" + "'97760', " * number + "]\n",
    "rows in braces": in_braces,
    "rows under headings": lambda number: TABLE + "key = ['state']\n" + "[[rows]]\nstate = 'OH'\n" * number,
}


@pytest.mark.parametrize("name", LISTED)
def test_a_table_of_too_many_rows_is_refused_before_it_is_parsed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[str] = []

    def parse(text: str) -> dict[str, object]:
        parsed.append(text)
        raise tomllib.TOMLDecodeError("stop here")

    monkeypatch.setattr(documents, "MAX_ROWS", 100)
    monkeypatch.setattr(tomllib, "loads", parse)
    with pytest.raises(InputError) as refused:
        read_toml(LISTED[name](200).encode(), "t.toml", "table", ValidatedDigests())
    assert str(refused.value) == "t.toml: the file lists more than 100 rows or codes; split it."
    assert parsed == []
    with pytest.raises(InputError):  # as many as may be are parsed
        read_toml(LISTED[name](100).encode(), "t.toml", "table", ValidatedDigests())
    assert len(parsed) == 1


def test_a_file_of_too_many_rows_is_refused_before_its_cells_are_read(
    acme: Acme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(namespace, "MAX_ROWS", 3)
    described = TABLE + "key = ['state']\nrows = 't.csv'\n[columns]\nstate = { type = 'text' }\n"
    rows = "state,to\nOH,wrong\n\nPA,wrong\nTX,wrong\n"
    told = acme.faults(PLAIN, tables={"t.toml": described, "t.csv": rows + "NY,wrong\n"})
    assert told == ["acme/tables/t.toml:7:1: rows: the table has more than 3 rows; split the table."]
    as_many_as_may_be = acme.faults(PLAIN, tables={"t.toml": described, "t.csv": rows})
    assert [fault.split(": ")[0] for fault in as_many_as_may_be] == [f"acme/tables/t.csv:{n}:1" for n in (2, 4, 5)]
