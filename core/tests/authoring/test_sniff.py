import io

import pytest
from crosspayer.authoring.sniff import FACTS, PAYERS, sniff
from crosspayer.encounter.feed.columns import ColumnMap
from crosspayer.encounter.feed.schema import IDENTIFIERS, column_facts
from crosspayer.errors import InputError
from hypothesis import example, given
from hypothesis import strategies as st

DRAFT = """\
# A draft from the header row of export.csv; nothing below it was read.
# A person must check each column: that it means the fact, and how its cells are written.
# crosspayer evaluate FILE --columns THIS lists the rows that do not fit.
format = 1
encoding = "utf-8"
delimiter = ";"
encounter = ["Claim ID"]   # check: rows with the same cell here are one encounter

# [constants]                    # what holds for every row of the file, if it does:
# stage = "claim"                # order, schedule, pre_claim, claim or appeal
# claim_type = "professional"    # or institutional
# day.lines_complete = true      # each encounter holds all services of its day

[[columns]]
headings = ["From Date", "To Date"]
fact = "line.service_date"   # check: day of service
dates = ["YYYYMMDD", "YYYY-MM-DD", "MM/DD/YYYY"]   # check: keep the one that is used; no DD/MM is read

[[columns]]
heading = "CPT"
fact = "line.code"   # check: procedure code

[[columns]]
headings = ["Mod 1", "Mod 2"]
fact = "line.modifiers"   # check: modifiers in their order
split = ",; "   # check: what stands between several in one cell
# empty = "none"   # if a row without any is known to have none, and not only not exported

[[columns]]
heading = "Charge"
fact = "line.charge"   # check: amount charged
currency = "$"   # check
thousands = ","   # check

[[columns]]
heading = "Sex"
fact = "patient.sex"   # check: administrative sex
values = { F = "female", M = "male", U = "unknown" }   # check

[[columns]]
heading = "episode.urgent"
fact = "episode.urgent"   # check: urgent or emergency service
# cells may be true or false; for others add values = { … }

[[columns]]
heading = "Insurance"
identifier = "payer_name"   # check: the payer's name as the feed writes it; to be found in --payer-map

# These look like a fact that another column holds already; they are not read:
#   Fee (line.charge)

# Not known, so not read:
#   Patient
#   Visit ID
"""
HEADER = "Claim ID;From Date;To Date;CPT;Mod 1;Mod 2;Charge;Fee;Sex;episode.urgent;Insurance;Patient;Visit ID"


def drafted(raw: bytes, name: str = "in/export.csv") -> str:
    return sniff(io.BytesIO(raw), name)


def test_a_draft_says_what_it_takes_the_headings_for_and_what_to_check() -> None:
    assert drafted(f"{HEADER}\n".encode()) == DRAFT
    assert ColumnMap.from_toml(DRAFT).encounter == ("Claim ID",)


def test_nothing_below_the_header_row_is_read() -> None:
    class Once(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            assert self.tell() == 0
            return super().readline(size)

    assert sniff(Once(f"{HEADER}\n\0\xff".encode("latin-1")), "in/export.csv") == DRAFT


def test_a_header_row_that_is_not_utf_8_is_taken_for_windows_1252_and_says_so() -> None:
    draft = drafted("CPT,Größe\n".encode("cp1252"))
    assert 'encoding = "windows-1252"   # check' in draft
    assert "#   Größe" in draft
    assert ColumnMap.from_toml(draft).encoding == "windows-1252"


@pytest.mark.parametrize(
    ("raw", "wrong"),
    [
        (b"", "the file is empty"),
        (
            b"Jane Roe,1980-01-01,97760\n",
            "no heading that stands once in the first row looks like that of a procedure code",
        ),
        (b"\0\n", "the line holds a NUL byte, which no text has"),
    ],
)
def test_what_no_map_can_be_drafted_for(raw: bytes, wrong: str) -> None:
    with pytest.raises(InputError) as error:
        drafted(raw)
    assert [problem.what for problem in error.value.problems] == [wrong]
    assert "Jane" not in str(error.value)


def test_the_words_are_about_facts_and_identifiers_that_there_are_and_mean_one_thing() -> None:
    assert set(FACTS) <= set(column_facts())
    assert set(PAYERS) == set(IDENTIFIERS)
    words = [word for known in (*FACTS.values(), *PAYERS.values()) for word in known]
    assert sorted(words) == sorted(set(words))


headings = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), max_size=12) | st.sampled_from(
    [word for known in (*FACTS.values(), *PAYERS.values()) for word in known] + ["claim", "mod1", "dx12", '"x"', "a\\b"]
)


@given(st.lists(headings, max_size=12))
@example(["DX\U00010d24"])  # written as two escapes it would be no TOML
def test_whatever_the_headings_are_the_draft_keeps_to_its_schema(found: list[str]) -> None:
    others = [heading for heading in found if heading.strip().casefold() != "cpt"]  # twice, it would be read of neither
    header = ",".join('"' + heading.replace('"', '""') + '"' for heading in [*others, "cpt"])
    assert ColumnMap.from_toml(drafted(f"{header}\n".encode())).code_headings


def test_headings_that_stand_twice_are_named_and_not_read() -> None:
    draft = drafted(b"cpt,units,Units\n")
    assert "# These stand in the header row twice" in draft
    assert [column.headings for column in ColumnMap.from_toml(draft).columns] == [("cpt",)]


def test_a_code_column_that_stands_twice_is_taken_for_none() -> None:
    with pytest.raises(InputError) as error:
        drafted(b"cpt,CPT\n")
    assert [problem.what for problem in error.value.problems] == [
        "no heading that stands once in the first row looks like that of a procedure code"
    ]
