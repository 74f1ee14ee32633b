from typing import Any

import pytest

from core.tests.encounter.feed.tables import CODE, DAY, HEAD, PLAIN, column, read


def lines(encounter: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = encounter["lines"]
    return found


def test_rows_of_one_key_are_one_encounter_wherever_they_stand() -> None:
    made, wrong, _ = read("claim,dos,cpt\nA,10/05/2026,97760\nB,10/05/2026,97763\nA,10/5/2026,97110\n")
    assert wrong == []
    assert [(one["id"], [line["code"] for line in lines(one)]) for one in made] == [
        ("A", ["97760", "97110"]),
        ("B", ["97763"]),
    ]


def test_several_days_of_one_key_are_several_encounters() -> None:
    made, wrong, _ = read("claim,dos,cpt\nA,10/06/2026,97760\nA,10/05/2026,97110\nA,10/06/2026,97110\n")
    assert wrong == []
    assert [(one["id"], [line["code"] for line in lines(one)]) for one in made] == [
        ("A-2026-10-05", ["97110"]),
        ("A-2026-10-06", ["97760", "97110"]),
    ]


def test_a_day_that_names_the_encounter_is_written_as_days_are() -> None:
    made, wrong, _ = read("claim,dos,cpt\nA,10/6/2026,97760\n", PLAIN.replace('["claim"]', '["claim", "dos"]'))
    assert ([one["id"] for one in made], wrong) == (["A-2026-10-06"], [])


def test_a_row_without_a_day_belongs_to_the_only_day_there_is_and_to_none_of_several() -> None:
    made, wrong, _ = read("claim,dos,cpt\nA,10/06/2026,97760\nA,,97110\n")
    assert wrong == []
    assert lines(made[0])[1] == {"code": "97110"}
    made, wrong, reading = read("claim,dos,cpt\nA,10/06/2026,97760\nA,,97110\nA,10/07/2026,97760\nB,10/07/2026,97760\n")
    assert [one["id"] for one in made] == ["B"]
    assert wrong == [
        "feed.csv:3: the day of service is empty, and other rows of the encounter are of several days; fill the cell."
    ]
    assert (reading.encounters, reading.rejected) == (1, 2)


def test_a_row_that_cannot_be_read_rejects_its_encounter_and_no_other() -> None:
    made, wrong, reading = read(
        "claim,dos,cpt\nA,10/06/2026,97760\nA,10/06/2026,\nA,10/07/2026,97760\nB,10/07/2026,9776O0\n"
    )
    assert [one["id"] for one in made] == ["A-2026-10-07"]
    assert wrong == [
        "feed.csv:3: cpt: is empty; write the procedure code.",
        "feed.csv:5: cpt: is no procedure code; write it as ^[A-Z0-9]{5}$.",
    ]
    assert (reading.encounters, reading.rejected) == (1, 2)


def test_a_day_that_cannot_be_read_rejects_every_day_of_its_key() -> None:
    made, wrong, _ = read("claim,dos,cpt\nA,10/06/2026,97760\nA,13/06/2026,97760\n")
    assert made == []
    assert wrong == ["feed.csv:3: dos: is no date; write it as MM/DD/YYYY."]


@pytest.mark.parametrize(
    ("row", "wrong"),
    [
        ("A,10/06/2026\n", "feed.csv:2: the row has 2 cells, the header 3; complete the row."),
        (
            "A,10/06/2026,97760,x\n",
            "feed.csv:2: the row has 4 cells, the header 3; put a cell that holds the delimiter in quotes.",
        ),
        (
            ",10/06/2026,97760\n",
            "feed.csv:2: claim: is empty, so it is not known to which encounter the row belongs; fill the cell.",
        ),
    ],
)
def test_ragged_rows_and_rows_of_no_encounter_are_rejected(row: str, wrong: str) -> None:
    made, said, _ = read(f"claim,dos,cpt\n{row}B,10/06/2026,97760\n")
    assert ([one["id"] for one in made], said) == (["B"], [wrong])


def test_empty_cells_beyond_the_header_and_blank_rows_are_no_fault() -> None:
    made, wrong, _ = read("claim,dos,cpt\nA,10/06/2026,97760,,\n\n,,\nB,10/06/2026,97760\n")
    assert ([one["id"] for one in made], wrong) == (["A", "B"], [])


def test_a_ragged_row_takes_the_encounter_with_it_that_it_seems_to_belong_to() -> None:
    made, wrong, reading = read("claim,dos,cpt\nA,10/06/2026,97760\nA,10/06/2026\n")
    assert (made, len(wrong), reading.rejected) == ([], 1, 1)


def test_absent_columns_and_empty_cells_are_unknown_never_zero_or_false() -> None:
    columns = PLAIN + column("units", "line.units") + column("mins", "line.minutes") + column("new", "episode.urgent")
    made, wrong, reading = read("claim,dos,cpt,units,new\nA,10/06/2026,97760,,\n", columns)
    assert wrong == []
    assert list(map(str, reading.notes)) == [
        "feed.csv:1: the header row has no column mins, so what it holds is unknown; "
        "take it out of the map if the export never has it."
    ]
    assert made == [
        {
            "format": "crosspayer/encounter/1",
            "id": "A",
            "lines": [{"code": "97760", "service_date": "2026-10-06"}],
        }
    ]


@pytest.mark.parametrize(
    ("more", "header", "cells", "expected"),
    [
        ('heading = "m"\nsplit = ",; "', "m", '"GP, 59;KX"', ["GP", "59", "KX"]),
        ('headings = ["m1", "m2"]', "m1,m2", "GP,59", ["GP", "59"]),
        ('headings = ["m1", "m2"]', "m1,m2", ",59", ["59"]),
        ('headings = ["m1", "m2"]', "m1,m2", ",", None),
        ('headings = ["m1", "m2"]', "m1", "GP", None),  # the list would only be a part
        ('heading = "m"', "m", "", None),
        ('heading = "m"\nempty = "none"', "m", "", []),
        ('heading = "m"\nempty = "none"', "n", "", None),  # known absence only where the column is
        ('heading = "m"\nempty = "none"\nunknown = ["?"]', "m", "?", None),
        ('heading = "m"\nvalues = { PT = "GP" }', "m", "PT", ["GP"]),
    ],
)
def test_modifiers(more: str, header: str, cells: str, expected: list[str] | None) -> None:
    columns = f'{PLAIN}[[columns]]\nfact = "line.modifiers"\n{more}\n'
    made, wrong, _ = read(f"claim,dos,cpt,{header}\nA,10/06/2026,97760,{cells}\n", columns)
    assert (lines(made[0])[0].get("modifiers"), wrong) == (expected, [])


def test_diagnoses_are_the_encounter_s_and_must_agree() -> None:
    numbered = ", ".join(f'"dx{number}"' for number in range(1, 26))
    columns = f'{PLAIN}[[columns]]\nheadings = [{numbered}]\nfact = "diagnosis_codes"\n'
    header = "claim,dos,cpt," + ",".join(f"dx{number}" for number in range(1, 26))
    codes = [f"M{number}.1" for number in range(10, 35)]
    same = f"A,10/06/2026,97760,{','.join(codes)}\n"
    silent = f"A,10/06/2026,97110,{',' * 24}\n"
    made, wrong, _ = read(f"{header}\n{same}{silent}", columns)
    assert ([one["code"] for one in made[0]["diagnoses"]], wrong) == (codes, [])
    other = f"A,10/06/2026,97760,Z1{',' * 24}\n"
    made, wrong, _ = read(f"{header}\n{same}{other}", columns)
    assert made == []
    assert wrong == [
        "feed.csv:3: diagnosis_codes: differs from line 2 or another row of the same encounter; "
        "an encounter has one value of it: correct the rows."
    ]


def test_facts_of_the_encounter_agree_on_its_rows_and_may_stand_on_one() -> None:
    columns = PLAIN + column("age", "patient.age")
    made, wrong, _ = read("claim,dos,cpt,age\nA,10/06/2026,97760,54\nA,10/06/2026,97110,\n", columns)
    assert (made[0]["patient"], wrong) == ({"age": 54}, [])
    made, wrong, _ = read("claim,dos,cpt,age\nA,10/06/2026,97760,54\nA,10/06/2026,97110,55\n", columns)
    assert (made, len(wrong)) == ([], 1)
    assert "54" not in wrong[0]


def test_a_cell_may_say_several_facts_or_none() -> None:
    cells = "IE = { episode.is_evaluation_visit = true, stage = 'claim' }\nXX = {}\n"
    columns = f'{PLAIN}[[columns]]\nheading = "note"\n[columns.facts]\n{cells}'
    made, wrong, _ = read("claim,dos,cpt,note\nA,10/06/2026,97760,IE\nB,10/06/2026,97760,XX\n", columns)
    assert (made[0]["episode"], made[0]["stage"], wrong) == ({"is_evaluation_visit": True}, "claim", [])
    assert "episode" not in made[1]
    made, wrong, _ = read("claim,dos,cpt,note\nA,10/06/2026,97760,IN\n", columns)
    assert made == []
    assert wrong == ["feed.csv:2: note: is none of the known cells; it may be IE, XX; add others to the map."]


def test_columns_that_hold_one_fact_must_say_the_same() -> None:
    columns = HEAD + CODE + '[[columns]]\nheadings = ["from", "to"]\nfact = "line.service_date"\ndates = ["YYYYMMDD"]\n'
    made, wrong, _ = read("claim,cpt,from,to\nA,97760,20261006,20261006\nB,97760,20261006,20261007\n", columns)
    assert [one["id"] for one in made] == ["A"]
    assert wrong == [
        "feed.csv:3: from, to: says otherwise of lines.service_date than another column or a constant; "
        "correct the row or the map."
    ]


def test_constants_hold_for_every_row() -> None:
    columns = (
        HEAD + '[constants]\nstage = "claim"\nline.rendering.discipline = "PT"\ncoverage.payer = "acme"\n' + CODE + DAY
    )
    made, wrong, _ = read("claim,dos,cpt\nA,10/06/2026,97760\n", columns)
    assert (made[0]["stage"], made[0]["coverages"], wrong) == ("claim", [{"payer": "acme"}], [])
    assert lines(made[0])[0]["rendering"] == {"discipline": "PT"}


def test_several_coverages() -> None:
    columns = (
        PLAIN
        + column("first", "coverage.payer")
        + column("second", "coverage.payer", "coverage = 2")
        + column("order", "coverage.order", "coverage = 2")
    )
    made, wrong, _ = read("claim,dos,cpt,first,second,order\nA,10/06/2026,97760,acme,bolt,secondary\n", columns)
    assert (made[0]["coverages"], wrong) == ([{"payer": "acme"}, {"order": "secondary", "payer": "bolt"}], [])


def test_the_checks_of_every_encounter_hold_and_name_the_row() -> None:
    columns = PLAIN + column("n", "line.number")
    made, wrong, _ = read(
        "claim,dos,cpt,n\nB,10/06/2026,97760,1\nA,10/06/2026,97760,1\nA,10/06/2026,97110,1\n", columns
    )
    assert [one["id"] for one in made] == ["B"]
    assert wrong == ["feed.csv:4: number: another line has the same number; number the lines of an encounter apart."]


def test_two_keys_that_make_one_id_are_not_mixed() -> None:
    columns = PLAIN.replace('["claim"]', '["claim", "cpt"]').replace("^", "")
    made, wrong, _ = read("claim,dos,cpt\nA,10/06/2026,97760\nA-97760,10/06/2026,97110\n", columns)
    assert ([one["id"] for one in made], wrong) == (["A-97760", "A-97760-97110"], [])
    columns = PLAIN.replace('["claim"]', '["claim", "part"]')
    made, wrong, reading = read("claim,part,dos,cpt\nA,B-C,10/06/2026,97760\nA-B,C,10/06/2026,97110\n", columns)
    assert ([one["id"] for one in made], reading.rejected) == (["A-B-C"], 1)
    assert wrong == ["feed.csv:3: another encounter has the same id; name more columns under encounter in the map."]


PAYERS = """\
format = 1
[[entries]]
insurance_type = "3"
payer = "acme"
plan = "standard"
"""
WITH_PAYER = PLAIN + '[[columns]]\nheading = "ins"\nidentifier = "insurance_type"\n'


def test_identifiers_are_looked_up_and_the_unknown_counted_never_guessed() -> None:
    table = "claim,dos,cpt,ins\nA,10/06/2026,97760,3\nB,10/06/2026,97760,17\nC,10/06/2026,97760,\n"
    made, wrong, reading = read(table, WITH_PAYER, PAYERS)
    assert wrong == []
    assert [one.get("coverages") for one in made] == [[{"payer": "acme", "plan": "standard"}], [{}], None]
    assert dict(reading.unmapped) == {(("insurance_type", "17"),): 1}
    made, _, reading = read(table, WITH_PAYER)
    assert [one.get("coverages") for one in made] == [[{}], [{}], None]
    assert sum(reading.unmapped.values()) == 2


def test_rows_of_one_encounter_name_one_payer() -> None:
    made, wrong, _ = read("claim,dos,cpt,ins\nA,10/06/2026,97760,3\nA,10/06/2026,97760,17\n", WITH_PAYER, PAYERS)
    assert made == []
    assert wrong[0].startswith("feed.csv:3: insurance_type: differs from line 2 or another row of the same encounter")
