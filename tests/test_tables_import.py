"""The Medicare plugin's imports: files in the shapes CMS publishes become tables that decide.

The files are synthetic: their pairs are numbers of the plugin's own table, their days, values and texts are made up.
"""

import csv
import io
import re
import tomllib
import zipfile
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crosspayer.authoring.tables.mapping import find_mapping
from crosspayer.cli import cli
from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError
from crosspayer.plugins import discovery
from crosspayer.plugins.build import Installation, install
from crosspayer.policy.documents import ValidatedDigests
from crosspayer.schemas.validate import problems

PLUGINS = Path(__file__).parents[1] / "plugins"
MEDICARE = PLUGINS / "medicare"
NAMES = {"professional": "ccipra", "institutional": "ccioph"}
MUE_NAMES = {"professional": "PractitionerServices", "institutional": "OutpatientHospitalServices"}
MUE_HEADINGS = {"professional": "Practitioner Services", "institutional": "Outpatient Hospital Services"}
CODES = ("97760", "97761", "97763")
DAYS = ("--read", "2026-10-05", "--covers-to", "2026-12-31")

# Tab-separated text: the headings go on below the header row.
WRAPPED = (
    "A notice of the code set’s owner\t\t\t\t\t\t\r\n"
    "Column1/Column2 Edits\t\t\t\t\t\t\r\n"
    "Column 1\tColumn 2\t*=in existence\tEffective\tDeletion\tModifier\tPTP Edit Rationale\r\n"
    "\t\tprior to 1996\tDate\tDate\t0=not allowed\t\r\n"
    "\t\t\t\t*=no data\t1=allowed\t\r\n"
    "\t\t\t\t\t9=not applicable\t\r\n"
)
# The same as a workbook's sheet saved as CSV: the headings hold line breaks.
QUOTED = (
    '"A notice of the code set’s owner,\r\nover two lines",,,,,,\r\n'
    'Column 1,Column 2,"*=in existence\r\nprior to 1996","Effective\r\nDate","Deletion\r\nDate\r\n*=no data",'
    '"Modifier\r\n0=not allowed\r\n1=allowed\r\n9=not applicable",PTP Edit Rationale\r\n'
)
Row = tuple[str, str, str, str, str]


@pytest.fixture(autouse=True)
def only_medicare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The checkout's plugin and pack, in an empty folder, with a cache of its own."""
    found = [discovery.folder(PLUGINS / name) for name in ("medicare", "therapy-common")]
    monkeypatch.setattr(discovery, "installed", lambda: found)
    monkeypatch.setenv("CROSSPAYER_CACHE", str(tmp_path / "cache"))
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")


def own_pairs() -> list[dict[str, str]]:
    path = MEDICARE / "src" / "crosspayer_medicare" / "tables" / "ncci-pairs.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def pair_rows(claim_type: str) -> list[Row]:
    """The plugin's pairs of a setting, as CMS writes them; a first day is made up where the plugin has none."""
    found = []
    for row in own_pairs():
        if row["claim_type"] == claim_type:
            first = row["from"] or ("1996-01-01" if row["to"] else "2018-01-01")
            last = row["to"].replace("-", "") or "*"
            found.append((row["column_1"], row["column_2"], first.replace("-", ""), last, row["modifier_indicator"]))
    return found


def as_tabs(rows: Sequence[Row]) -> str:
    lines = [f"{one}\t{two}\t\t{first}\t{last}\t{mark}\tA class of reasons\r\n" for one, two, first, last, mark in rows]
    return WRAPPED + "".join(lines)


def as_csv(rows: Sequence[Row]) -> str:
    lines = [f'{one},{two},,{first},{last},{mark},"A reason, in words"\r\n' for one, two, first, last, mark in rows]
    return QUOTED + "".join(lines)


def zipped(members: Mapping[str, bytes]) -> bytes:
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return data.getvalue()


def put(name: str, content: str | bytes) -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


def quarter(claim_type: str, extra: Sequence[Row] = ()) -> list[str]:
    """A setting's four archives, each with a text in Windows-1252 and the workbook beside it."""
    rows = [*pair_rows(claim_type), *extra]
    files = []
    for part in range(1, 5):
        name = f"{NAMES[claim_type]}-v324r0-f{part}"
        text = as_tabs(rows[part - 1 :: 4]).encode("cp1252")
        files.append(put(f"2026q4-{name}.zip", zipped({f"{name}.TXT": text, f"{name}.xlsx": b"not read"})))
    return files


def mue_file(claim_type: str, values: Mapping[str, str], encoding: str = "utf-8-sig") -> str:
    lines = [f'{code},{value},"3 Date of Service Edit: Clinical",Clinical: Data\r\n' for code, value in values.items()]
    text = (
        '"A notice of the code set’s owner,\r\nover two lines",,,\r\n'
        f'"HCPCS/\r\nCPT Code",{MUE_HEADINGS[claim_type]} MUE Values,MUE Adjudication Indicator,MUE Rationale\r\n'
        + "".join(lines)
    )
    return put(f"MCR_MUE_{MUE_NAMES[claim_type]}_Eff_10-01-2026.csv", text.encode(encoding))


def imported(table: str, *words: str) -> Result:
    return CliRunner().invoke(cli, ["tables", "import", table, *words, "--into", "site"])


def loaded(tables: str | None = None) -> Installation:
    found = install(tables=tables)
    assert [report.state for report in found.reports] == ["loaded", "loaded"]
    return found


def answer(tables: str | None, day: str, *codes: str, **facts: Any) -> list[Determination]:
    found = loaded(tables)
    lines = [
        {"number": number, "code": code, "service_date": day, "modifiers": ["GP"], **facts}
        for number, code in enumerate(codes, start=1)
    ]
    data = {
        "id": "visit",
        "stage": "pre_claim",
        "claim_type": "professional",
        "coverages": [{"payer": "medicare", "plan": "original-medicare"}],
        "rendering": {"npi": "1000000001"},
        "day": {"lines_complete": True},
        "lines": lines,
    }
    return list(Engine(found.payers, found.reports).evaluate(Encounter.from_mapping(data)).determinations)


def finding(determination: Determination, rule: str) -> Finding:
    (found,) = [f for f in determination.findings if f.rule == rule]
    return found


# --- pairs


def test_the_eight_archives_of_a_quarter_give_the_pairs_of_the_policies() -> None:
    ended_at_once = ("97760", "97999", "20200101", "20200101", "9")
    elsewhere = ("97110", "97530", "20200101", "*", "1")
    files = quarter("professional", [ended_at_once, elsewhere]) + quarter("institutional")
    result = imported("medicare/ncci", *files, *DAYS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert "1 left out (indicator 9: deleted on the day it began)" in result.stdout
    assert "about other codes" in result.stdout
    table = loaded("site").payers[0].tables["medicare/ncci-pairs"]
    wanted = {
        (row["claim_type"], row["column_1"], row["column_2"], int(row["modifier_indicator"]), row["to"] or "9999-12-31")
        for row in own_pairs()
        if {row["column_1"], row["column_2"]} & set(CODES) and (row["to"] or "9999") >= "2018"
    }
    assert {(*row.key, row.cells["modifier_indicator"], row.last.isoformat()) for row in table.rows} == wanted
    assert (table.covers_from, table.covers_to) == (date(2018, 1, 1), date(2026, 12, 31))


def test_a_sheet_saved_as_csv_gives_the_same_pairs() -> None:
    imported("medicare/ncci", *quarter("professional"), *quarter("institutional"), *DAYS)
    tabs = Path("site/medicare/ncci-pairs.csv").read_bytes()
    files = [
        put("practitioner edits.csv", b"\xef\xbb\xbf" + as_csv(pair_rows("professional")).encode()),
        put("hospital edits.csv", as_csv(pair_rows("institutional")).encode("cp1252")),
    ]
    result = imported("medicare/ncci-pairs", *files, *DAYS)
    assert (result.exit_code, result.stderr) == (0, "")
    assert Path("site/medicare/ncci-pairs.csv").read_bytes() == tabs


def test_pairs_are_decided_on_days_the_plugins_table_is_too_old_for() -> None:
    assert imported("medicare/ncci", *quarter("professional"), *quarter("institutional"), *DAYS).exit_code == 0
    rule = "medicare/pairs/code-pairs"
    before, after = (answer(tables, "2026-10-05", "97760", "97110", "97530") for tables in (None, "site"))
    # 97110 stands in a pair with 97760: a hit in an old table only warns.
    assert [(finding(d[1], rule).kind, finding(d[1], rule).effect) for d in (before, after)] == [
        ("fail", "warn"),
        ("fail", "not_covered"),
    ]
    # Nothing wins over 97760 here: an old table cannot know that.
    assert (finding(before[0], rule).kind, finding(before[0], rule).missing) == ("open", ("table:medicare/ncci-pairs",))
    assert (finding(after[0], rule).kind, finding(after[0], rule).missing) == ("pass", ())
    digests = [d[0].basis.tables["medicare/ncci-pairs"] for d in (before, after)]
    tables = [loaded(tables).payers[0].tables["medicare/ncci-pairs"].digest for tables in (None, "site")]
    assert digests == tables
    assert digests[0] != digests[1]


def test_a_pair_that_ended_is_not_in_force_on_later_days() -> None:
    ended = ("97760", "97112", "20180101", "20260930", "1")
    rows = [row for row in pair_rows("professional") if row[:2] != ended[:2]]
    files = [put("ccipra.txt", as_tabs([*rows, ended])), put("ccioph.txt", as_tabs(pair_rows("institutional")))]
    assert imported("medicare/ncci", *files, *DAYS).exit_code == 0
    rule = "medicare/pairs/code-pairs"
    kinds = [finding(answer("site", day, "97760", "97112")[1], rule).kind for day in ("2026-09-30", "2026-10-01")]
    assert kinds == ["fail", "pass"]


# --- medically unlikely edits


def test_medically_unlikely_edits_cap_the_units_of_their_quarter() -> None:
    values = {**dict.fromkeys(CODES, "4"), "97110": "8"}
    files = [mue_file("professional", values), mue_file("institutional", values, "cp1252")]
    days = ("--read", "2026-12-05", "--covers-from", "2027-01-01", "--covers-to", "2027-03-31")
    result = imported("medicare/mue", *files, *days)
    assert (result.exit_code, result.stderr) == (0, "")
    assert Path("site/medicare/mue.csv").read_text(encoding="utf-8") == (
        "claim_type,code,units,adjudication,from,to\n"
        + "".join(f"{kind},{code},4,3,,\n" for kind in ("institutional", "professional") for code in CODES)
    )
    rule = "medicare/units/mue"
    before, after = (answer(tables, "2027-02-01", "97760", units=5)[0] for tables in (None, "site"))
    assert finding(before, rule).effect == "warn"
    assert (finding(after, rule).kind, finding(after, rule).effect) == ("fail", "reduce_units")
    assert after.units.payable == 4
    later = answer("site", "2027-04-01", "97760", units=5)[0]
    assert finding(later, rule).effect == "warn"


def test_the_files_do_not_say_from_when_on_they_hold() -> None:
    files = [mue_file(kind, dict.fromkeys(CODES, "4")) for kind in MUE_NAMES]
    result = imported("medicare/mue", *files, *DAYS)
    assert result.exit_code == 2
    assert "give it with --covers-from" in result.stderr


# --- what is refused


def said(table: str, *files: str) -> str:
    result = imported(table, *files, *DAYS, "--covers-from", "2026-10-01")
    assert (result.exit_code, result.stdout) == (2, "")
    assert not Path("site").exists()
    return result.stderr


def test_a_part_that_is_missing() -> None:
    files = quarter("professional") + quarter("institutional")
    assert said("medicare/ncci", *files[:6], files[7]) == (
        "crosspayer: medicare/ncci-pairs: of the files of claim_type institutional these parts are missing: -f3; give "
        "every part.\n"
    )


def test_a_setting_that_is_missing() -> None:
    assert "no file is known to hold claim_type institutional" in said("medicare/ncci", *quarter("professional"))


def test_files_of_something_else() -> None:
    pairs = put("ccipra.txt", as_tabs(pair_rows("professional")))
    mue = mue_file("professional", dict.fromkeys(CODES, "4"))
    assert "is a header row with the columns Column 1, Column 2" in said("medicare/ncci", mue)
    assert "is a header row with the columns HCPCS/CPT Code, Practitioner" in said("medicare/mue", pairs)
    supplier = put(
        "MCR_MUE_DMESupplierServices_Eff_10-01-2026.csv",
        "HCPCS/CPT Code,DME Supplier Services MUE Values,MUE Adjudication Indicator,MUE Rationale\n",
    )
    assert "is a header row" in said("medicare/mue", supplier)
    medicaid = put("medicaid-ncci-2026-q4-practitioner.txt", as_tabs(pair_rows("professional")))
    assert "the name of the file says medicaid" in said("medicare/ncci", medicaid)
    workbook = put("ccipra.xlsx", zipped({"[Content_Types].xml": b"", "xl/workbook.xml": b""}))
    assert "the file is a workbook" in said("medicare/ncci", workbook)
    assert "the file is empty" in said("medicare/ncci", put("ccipra-empty.txt", ""))


def test_rows_that_do_not_fit_are_told_and_nothing_is_written() -> None:
    spoilt = [("97760", "9711O", "20200101", "*", "?"), ("97760", "97140", "2020-13-01", "*", "1")]
    files = quarter("professional", spoilt) + quarter("institutional")
    result = imported("medicare/ncci", *files, *DAYS)
    assert result.exit_code == 1
    assert [line.partition(": ")[2].split(":", 2)[2].strip() for line in result.stderr.splitlines()] == [
        "Modifier: is none of the known values; it may be 0, 1.",
        "Effective: is no date; write it as YYYYMMDD or YYYY-MM-DD or MM/DD/YYYY.",
    ]
    assert "Nothing was written" in result.stdout
    assert not Path("site").exists()


def test_values_that_do_not_fit() -> None:
    good = mue_file("institutional", dict.fromkeys(CODES, "4"))
    bad = mue_file("professional", {"97760": "4", "97761": "four", "97763": ""})
    result = imported("medicare/mue", good, bad, *DAYS, "--covers-from", "2026-10-01")
    assert result.exit_code == 1
    assert "Practitioner Services MUE Values: is no integer; correct the cell." in result.stderr
    assert "Practitioner Services MUE Values: is empty; fill the cell." in result.stderr


# --- every plugin, and the page that tells authors how


def test_the_example_of_the_page_is_valid() -> None:
    page = (PLUGINS.parent / "docs" / "tables.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    assert problems(tomllib.loads(example), "import", "tables.md", dict) == []


@pytest.mark.parametrize("plugin", sorted(path.parent.name for path in PLUGINS.glob("*/pyproject.toml")))
def test_every_import_of_a_plugin_fits_its_table(plugin: str) -> None:
    names = [plugin, *(() if plugin == "therapy-common" else ("therapy-common",))]
    found = install(candidates=[], plugin_dirs=[PLUGINS / name for name in names])
    library = found.libraries[plugin]
    documents = [given.name for given in library.plugin.tables if given.name.startswith("imports/")]
    tables = [Path(name).stem for name in documents]
    for table in tables:
        assert find_mapping(library, table, ValidatedDigests()).table.id == f"{plugin}/{table}"
    with pytest.raises(InputError, match="does not say how to import"):
        find_mapping(library, "no-table", ValidatedDigests())
    assert tables == (["mue", "ncci-pairs"] if plugin == "medicare" else [])
