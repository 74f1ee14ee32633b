from typing import Any

import pytest
from crosspayer.report.spreadsheet import safe
from hypothesis import given
from hypothesis import strategies as st


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
