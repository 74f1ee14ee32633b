"""A site's own tables: what takes a plugin's place, and what may not."""

import hashlib
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from crosspayer.authoring.tables.run import import_table, write
from crosspayer.authoring.tables.write import Circumstances
from crosspayer.determination.model import Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError
from crosspayer.plugins import discovery
from crosspayer.plugins.build import Installation, build_engine, install

from core.tests.acme import HEAD, PACK, SOURCES, encounter
from core.tests.imports import HEADER, LIMITS, PAIR_RULE, library_of, mapping_of, pair_row, plugin_folder, put

SAID = Circumstances(date(2020, 1, 1), date(2026, 12, 31), date(2026, 10, 5), "primary")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return plugin_folder(tmp_path / "plugins")


@pytest.fixture
def site(tmp_path: Path, folder: Path) -> Path:
    """A folder with an imported table of pairs."""
    files = [
        put(tmp_path / "prof.txt", HEADER + pair_row("97760", "97763") + pair_row("97761", "97763", indicator="0")),
        put(tmp_path / "hosp.txt", HEADER + pair_row("97760", "97763")),
    ]
    overlay = import_table(library_of(folder), mapping_of(folder), files, {}, SAID)[1]
    write(overlay, tmp_path / "site")
    return tmp_path / "site"


def installed(folder: Path, tables: Path | None) -> Installation:
    return install(candidates=[], plugin_dirs=[folder], tables=tables)


def pair_finding(found: Installation, day: str, *codes: str) -> tuple[Finding, dict[str, str]]:
    """What the rule on pairs finds of the last of these lines of one day, and the tables behind the answer."""
    lines = [
        {"number": number, "code": code, "service_date": day, "modifiers": []}
        for number, code in enumerate(codes, start=1)
    ]
    data = encounter(lines=lines, day={"lines_complete": True}, claim_type="professional", stage="claim")
    answer = Engine(found.payers, found.reports).evaluate(Encounter.from_mapping(data)).determinations[-1]
    (finding,) = [f for f in answer.findings if f.rule == "acme/main/pairs"]
    return finding, answer.basis.tables


def changed(site: Path, change: Callable[[dict[str, Any]], object] = dict, table: str = "acme/pairs") -> Path:
    """The site's folder with another description of the table, and the digest of its rows made to fit."""
    path = site / f"{table}.toml"
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    raw["imported"]["rows"] = f"sha256:{hashlib.sha256(path.with_suffix('.csv').read_bytes()).hexdigest()}"
    change(raw)
    path.write_text(tomli_w.dumps(raw), encoding="utf-8")
    return site


def said(folder: Path, site: Path) -> str:
    """The sentences about the site's folder, without its path."""
    with pytest.raises(InputError) as error:
        installed(folder, site)
    return str(error.value).replace(f"{site}/", "").replace(str(site), "site")


def test_rules_are_decided_by_the_imported_table(folder: Path, site: Path) -> None:
    before, tables_before = pair_finding(installed(folder, None), "2026-10-05", "97760", "97763")
    assert (before.kind, before.effect) == ("fail", "warn")
    after, tables_after = pair_finding(installed(folder, site), "2026-10-05", "97760", "97763")
    assert (after.kind, after.effect) == ("fail", "not_covered")
    assert tables_before["acme/pairs"] != tables_after["acme/pairs"]


def test_what_the_plugins_table_was_too_old_to_know_is_known(folder: Path, site: Path) -> None:
    before, _ = pair_finding(installed(folder, None), "2026-10-05", "97761", "97763")
    assert (before.kind, before.missing) == ("open", ("table:acme/pairs",))
    after, _ = pair_finding(installed(folder, site), "2026-10-05", "97761", "97763")
    assert (after.kind, after.effect, after.missing) == ("fail", "not_covered", ())
    other, _ = pair_finding(installed(folder, site), "2026-10-05", "97110", "97763")
    assert (other.kind, other.missing) == ("pass", ())


@pytest.mark.parametrize(
    ("day", "kind", "effect"),
    [
        ("2019-12-31", "open", "not_covered"),
        ("2020-01-01", "fail", "not_covered"),
        ("2026-12-31", "fail", "not_covered"),
        ("2027-01-01", "fail", "warn"),
    ],
)
def test_the_imported_table_holds_for_the_days_it_covers(
    folder: Path, site: Path, day: str, kind: str, effect: str
) -> None:
    finding, _ = pair_finding(installed(folder, site), day, "97760", "97763")
    assert (finding.kind, finding.effect) == (kind, effect)


def test_a_rule_is_no_stronger_than_the_source_of_the_rows(folder: Path, site: Path) -> None:
    changed(site, lambda raw: raw["imported"]["source"].update(grade="secondary"))
    finding, _ = pair_finding(installed(folder, site), "2026-10-05", "97760", "97763")
    assert (finding.kind, finding.effect, finding.grade) == ("fail", "warn", "secondary")


def test_the_source_of_the_rows_is_a_source_of_the_plugin(folder: Path, site: Path) -> None:
    (payer,) = installed(folder, site).payers
    source = payer.sources["acme/site-pairs"]
    assert (source.publisher, source.title, source.section) == (
        "Acme Health",
        "Invented pair files",
        "hosp.txt, prof.txt",
    )
    assert (source.read, source.grade) == (date(2026, 10, 5), "primary")
    assert payer.tables["acme/pairs"].cites == ("acme/site-pairs",)


def test_the_plugin_is_not_edited_and_its_other_tables_stay(folder: Path, site: Path) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    found = installed(folder, site)
    assert {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()} == before
    assert found.site_tables == {"acme/pairs": str(site / "acme" / "pairs.toml")}
    assert found.payers[0].tables["acme/limits"].title == "Invented limits"


def test_a_table_of_a_pack_is_replaced_for_the_payers_that_use_it(tmp_path: Path, site: Path) -> None:
    limits = LIMITS.replace("units = 4", "units = 2")
    pack_rule = (
        "[[rules]]\nid = 'limit'\ntopic = 'units'\neffect = 'not_covered'\ncites = ['notice']\n"
        "require = { fact = 'line.units', at_most = { look_up = 'limits', by = { code = { fact = 'line.code' } }, "
        "column = 'units' } }\n"
    )
    shared = {
        "pack.toml": PACK,
        "sources.toml": SOURCES,
        "policies/main.toml": HEAD.replace("acme/main", "shared/main") + pack_rule,
        "tables/limits.toml": LIMITS,
    }
    for name, text in shared.items():
        put(tmp_path / "plugins" / "shared" / name, text)
    use = '[[uses]]\npack = "shared"\nversion = ">=2026"\npolicy = "main"\nrules = ["limit"]\n'
    folder = plugin_folder(tmp_path / "user")
    put(folder / "payer.toml", (folder / "payer.toml").read_text(encoding="utf-8") + use)
    (site / "acme").rename(site / "shared")
    rows = b"code,units,from,to\n97760,2,,\n"
    put(site / "shared" / "limits.csv", rows)
    (site / "shared" / "pairs.toml").rename(site / "shared" / "limits.toml")
    (site / "shared" / "pairs.csv").unlink()

    def as_limits(raw: dict[str, Any]) -> None:
        raw.update({k: v for k, v in tomllib.loads(limits).items() if k not in ("covers_to", "cites")})
        raw["rows"], raw["cites"] = "limits.csv", ["site-limits"]

    changed(site, as_limits, "shared/limits")
    found = install(candidates=[], plugin_dirs=[tmp_path / "plugins" / "shared", folder], tables=site)
    data = encounter({"lines[0].units": 3, "stage": "claim"})
    (answer,) = Engine(found.payers, found.reports).evaluate(Encounter.from_mapping(data)).determinations
    (finding,) = [f for f in answer.findings if f.rule == "shared/main/limit"]
    assert (finding.kind, finding.effect) == ("fail", "not_covered")
    assert answer.basis.tables["shared/limits"].startswith("sha256:")


def test_build_engine_takes_the_folder(folder: Path, site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", list)
    engine = build_engine(plugin_dirs=[folder], tables=site)
    assert engine.payers["acme"].tables["acme/pairs"].title == "Pairs of the site"
    with pytest.raises(InputError, match="there is no such folder"):
        build_engine(plugin_dirs=[folder], tables=str(site / "none"))


# --- what may not take a table's place


def test_a_folder_that_is_not_there_or_holds_nothing(tmp_path: Path, folder: Path) -> None:
    assert said(folder, tmp_path / "none") == (
        "site: there is no such folder; name the folder given to crosspayer tables import --into."
    )
    (tmp_path / "empty").mkdir()
    assert said(folder, tmp_path / "empty") == (
        "site: the folder holds no imported table; import one with crosspayer tables import."
    )


def test_hidden_and_other_files_are_no_tables(folder: Path, site: Path) -> None:
    put(site / "acme" / ".pairs.toml.tmp", "half")
    put(site / ".git" / "config.toml", "half")
    put(site / "README.md", "a note")
    assert list(installed(folder, site).site_tables) == ["acme/pairs"]


def test_a_table_of_a_plugin_that_is_not_there(folder: Path, site: Path) -> None:
    (site / "acme").rename(site / "bolt")
    assert said(folder, site) == "bolt: no plugin is named bolt; install it, or remove the folder."


def test_a_table_of_a_plugin_that_is_not_asked_for_is_left_aside(folder: Path, site: Path) -> None:
    known = [discovery.folder(folder)]
    assert install(candidates=known, plugins=["other"], tables=site).site_tables == {}


def test_a_quarantined_plugin_is_told_as_ever(folder: Path, site: Path) -> None:
    put(folder / "policies" / "main.toml", "no toml")
    (report,) = installed(folder, site).reports
    assert (report.state, report.stage) == ("quarantined", "document")


def test_a_table_the_plugin_does_not_have(folder: Path, site: Path) -> None:
    def rename(raw: dict[str, Any]) -> None:
        raw["id"], raw["cites"] = "pair", ["site-pair"]

    assert said(folder, changed(site, rename)) == (
        "acme/pairs.toml:2:1: id: the plugin acme has no table pair; did you mean pairs?"
    )


def test_another_key(folder: Path, site: Path) -> None:
    changed(site, lambda raw: raw.update(key=["column_1", "column_2", "claim_type"]))
    assert said(folder, site) == (
        "acme/pairs.toml:4:1: key: the key of acme/pairs is claim_type, column_1, column_2; import it again with "
        "crosspayer tables import."
    )


def test_a_column_that_is_missing_or_another(folder: Path, site: Path) -> None:
    rows = site / "acme" / "pairs.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("indicator", "mark"), encoding="utf-8")
    changed(site, lambda raw: raw["columns"].update(mark=raw["columns"].pop("indicator")))
    assert "the column indicator of acme/pairs is missing; import it again" in said(folder, site)
    rows.write_text(rows.read_text(encoding="utf-8").replace("mark", "indicator"), encoding="utf-8")

    def retype(raw: dict[str, Any]) -> None:
        raw["columns"] = {name: column for name, column in raw["columns"].items() if name != "mark"}
        raw["columns"]["indicator"] = {"type": "code"}

    changed(site, retype)
    assert "the column indicator of acme/pairs is another; import it again" in said(folder, site)


def test_rows_that_overlap(folder: Path, site: Path) -> None:
    rows = site / "acme" / "pairs.csv"
    rows.write_text(rows.read_text(encoding="utf-8") + "professional,97760,97763,0,2021-01-01,\n", encoding="utf-8")
    assert "two rows of the key professional, 97760, 97763 overlap in time" in said(folder, changed(site))


def test_rows_that_are_not_those_that_were_imported(folder: Path, site: Path) -> None:
    rows = site / "acme" / "pairs.csv"
    rows.write_text(rows.read_text(encoding="utf-8").replace("97763,1", "97763,0"), encoding="utf-8")
    assert "acme/pairs.csv holds other rows than were imported; import it again" in said(folder, site)
    rows.unlink()
    assert said(folder, site) == (
        "acme/pairs.toml: the table or its rows in pairs.csv cannot be read; import it again with crosspayer tables "
        "import."
    )


def test_rows_that_are_no_text(folder: Path, site: Path) -> None:
    put(site / "acme" / "pairs.csv", b"\xff\xfe")
    assert "acme/pairs.csv: the rows are not UTF-8 text" in said(folder, site)


def test_a_table_that_does_not_say_where_it_comes_from(folder: Path, site: Path) -> None:
    changed(site, lambda raw: raw.pop("imported"))
    assert "the table does not say where it comes from; import it again" in said(folder, site)


def test_a_table_that_is_no_table(folder: Path, site: Path) -> None:
    put(site / "acme" / "pairs.toml", "format = 2")
    assert "acme/pairs.toml:1:1: format" in said(folder, site)


def test_rows_that_were_kept_for_fewer_codes_than_the_policies_now_have(folder: Path, site: Path) -> None:
    put(folder / "policies" / "main.toml", HEAD.replace('"97763"]', '"97763", "97110"]') + PAIR_RULE)
    assert "its rows were not kept for the code 97110 of the plugin's policies; import it again" in said(folder, site)
