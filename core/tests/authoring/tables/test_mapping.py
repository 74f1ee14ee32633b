import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crosspayer import schemas
from crosspayer.encounter.feed.cells import DATES
from crosspayer.errors import InputError
from crosspayer.policy.grades import CONFIDENCE, GRADES

from core.tests.imports import IMPORT_LIMITS, IMPORT_PAIRS, library_of, mapping_of, plugin_folder


def faults(tmp_path: Path, name: str = "pairs", **imports: str) -> list[str]:
    """What is wrong with the plugin's imports, without the path of its folder."""
    files = {f"imports/{file}.toml": text for file, text in imports.items()}
    with pytest.raises(InputError) as error:
        mapping_of(plugin_folder(tmp_path, files), name)
    return [re.sub(r"^.*/imports/", "", str(problem)) for problem in error.value.problems]


def test_the_vocabularies_of_the_schema_are_the_importers() -> None:
    definitions: Any = schemas.load("import")["$defs"]
    assert tuple(definitions["file_column"]["properties"]["dates"]["items"]["enum"]) == tuple(DATES)
    assert tuple(definitions["publication"]["properties"]["grade"]["enum"]) == GRADES
    assert tuple(definitions["confidence"]["enum"]) == CONFIDENCE


def test_a_mapping_is_found_by_the_tables_id_and_by_its_alias(tmp_path: Path) -> None:
    folder = plugin_folder(tmp_path)
    for name in ("pairs", "edits"):
        mapping = mapping_of(folder, name)
        assert mapping.table.id == "acme/pairs"
        assert mapping.anchors == ("column_1", "column_2")
        assert mapping.covers_from == date(2020, 1, 1)
    limits = mapping_of(folder, "limits")
    assert (limits.covers_from, limits.confidence, limits.keep_codes_in, limits.settings) == (None, "medium", (), {})


def test_a_table_that_is_not_imported_is_told_with_those_that_are(tmp_path: Path) -> None:
    assert faults(tmp_path, "lifting") == [
        "the plugin acme does not say how to import a table lifting; it imports acme/edits, acme/limits, acme/pairs."
    ]


def test_a_plugin_without_imports_says_so(tmp_path: Path) -> None:
    folder = plugin_folder(tmp_path)
    for file in (folder / "imports").iterdir():
        file.unlink()
    with pytest.raises(InputError, match="does not say how to import a table pairs; it imports none"):
        mapping_of(folder)


def test_a_broken_import_does_not_keep_the_plugin_from_loading(tmp_path: Path) -> None:
    folder = plugin_folder(tmp_path, {"imports/pairs.toml": "no toml"})
    assert sorted(library_of(folder).space.tables) == ["lifting", "limits", "pairs"]
    with pytest.raises(InputError, match=r"imports/pairs.toml:1:4"):
        mapping_of(folder, "limits")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ("format = 1", "format = 2", "pairs.toml:1:1: format: is not a value allowed here; write format = 1."),
        (
            "headings",
            "heading",
            'pairs.toml:14:1: columns.column_1.heading: is not a key here; did you mean "headings"?',
        ),
        (
            'table = "pairs"',
            'table = "pair"',
            "pairs.toml:2:1: table: no table is named pair; did you mean pairs?",
        ),
        (
            "[columns.indicator]",
            "[columns.indicators]",
            "pairs.toml:26:10: columns.indicators: acme/pairs has no column indicators; did you mean indicator?",
        ),
        (
            'keep_codes_in = ["column_1", "column_2"]',
            'keep_codes_in = ["claim_type"]',
            "pairs.toml:7:1: keep_codes_in: claim_type is no column of the files; "
            "use one of column_1, column_2, from, indicator, to.",
        ),
        (
            'dates = ["YYYYMMDD"]\nnone',
            "none",
            "pairs.toml:22:10: columns.to: to is a date; say how it is written with dates.",
        ),
        (
            'values = { "0" = 0, "1" = 1 }',
            'values = { "0" = 0, "1" = "one" }',
            "pairs.toml:28:21: columns.indicator.values.1: the value is no integer; correct the value.",
        ),
        (
            'value = "institutional"',
            'value = "dental"',
            "pairs.toml:33:12: settings.claim_type: claim_type is not told apart word by word; give each of its words "
            "once: professional, institutional.",
        ),
        (
            'column = "indicator"',
            'column = "reason"',
            "pairs.toml:30:1: skip[0].column: reason is no column of the files; "
            "use one of column_1, column_2, from, indicator, to.",
        ),
    ],
)
def test_a_fault_of_a_mapping_is_told_at_its_place(tmp_path: Path, old: str, new: str, sentence: str) -> None:
    text = IMPORT_PAIRS.replace(old, new, 1)
    assert text != IMPORT_PAIRS
    assert sentence in faults(tmp_path, "edits", pairs=text)


def test_every_column_of_the_table_is_filled_once(tmp_path: Path) -> None:
    nowhere = IMPORT_LIMITS.partition("[columns.units]")[0]
    assert faults(tmp_path, "limits", limits=nowhere) == [
        "limits.toml:8:2: columns: the column units of the table stands nowhere here; give it under columns or under "
        "settings."
    ]
    twice = IMPORT_PAIRS + '[columns.claim_type]\nheadings = ["Claim type"]\n'
    assert len(faults(tmp_path, pairs=twice)) == 1


def test_two_imports_may_not_share_a_name(tmp_path: Path) -> None:
    more = IMPORT_LIMITS.replace('"limits"', '"lifting"\nalias = "edits"')
    assert faults(tmp_path, more=more) == ["more.toml imports edits already; rename one."]
