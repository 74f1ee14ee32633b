import csv
import io
from typing import Any

import pytest
from crosspayer.report.spreadsheet import safe, write_summary
from hypothesis import given
from hypothesis import strategies as st

from core.tests.acme import Acme, encounter, rule


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        (None, ""),
        (True, "true"),
        (False, "false"),
        (-3, -3),
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@x", "'@x"),
        ("\t=1", "'=1"),
        ("\r\n=1", "'=1"),
        ("\uff1d1", "'\uff1d1"),
        ("a=1", "a=1"),
    ],
)
def test_no_cell_is_a_formula(cell: Any, written: str | int) -> None:
    assert safe(cell) == written


@given(st.text())
def test_no_text_begins_a_formula_or_a_line(text: str) -> None:
    written = str(safe(text))
    assert not written.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert written.isprintable()


def test_a_rule_that_only_informs_has_not_failed(acme: Acme) -> None:
    within = "{ fact = 'line.units', at_most = 2 }"
    rules = rule("cap", within, remedy="'Bill less.'") + rule("message", within, effect="'inform'", remedy="'Note it.'")
    out = io.StringIO()
    write_summary(acme(rules).answer(encounter({"lines[0].units": 3})), out)
    (row,) = csv.DictReader(io.StringIO(out.getvalue()))
    assert (row["rules_failed"], row["remedies"]) == ("acme/main/cap", "Bill less.")
