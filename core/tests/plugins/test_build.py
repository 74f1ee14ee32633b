"""Building an engine: packs joined, folders in place of installed plugins, names chosen, quarantines made fatal."""

from collections.abc import Callable
from pathlib import Path

import pytest
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError
from crosspayer.plugins import discovery
from crosspayer.plugins.assemble import Library, read_library
from crosspayer.plugins.build import Installation, PluginError, build_engine
from crosspayer.plugins.load import LoadedPlugin
from crosspayer.policy.documents import ValidatedDigests

from core.tests.invented import all_installed, answers, as_installed, copied, encounter, load
from core.tests.plugins.site import Site, manifest


def state(found: Installation, name: str) -> tuple[str, str | None, str]:
    """State, stage and reason of the one report of a plugin."""
    (report,) = [report for report in found.reports if report.id == name]
    return report.state, report.stage, report.reason or ""


def rewritten(root: Path, name: str, change: Callable[[str], str]) -> Path:
    path = root / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
    return root


def test_payers_and_their_packs_are_loaded() -> None:
    found = load(*all_installed())
    assert [payer.id for payer in found.payers] == ["acme", "bolt"]
    assert [(r.id, r.kind, r.version, r.state) for r in found.reports] == [
        ("acme", "data", "2026.11.0", "loaded"),
        ("basics", "pack", "2026.11.0", "loaded"),
        ("bolt", "data", "2026.11.0", "loaded"),
    ]
    acme = found.payers[0]
    assert sorted({rule.id for rule in acme.rules}) == [
        "acme/care/approval-on-file",
        "acme/care/certified-in-time",
        "acme/care/wear-schedule",
        "acme/units/discipline-modifier",
        "acme/units/units-a-day",
        "basics/codes/initial-once",
        "basics/codes/valid-device",
    ]
    assert acme.packs == {"basics": f"2026.11.0 {found.libraries['basics'].digest}"}


def test_the_order_of_installation_changes_nothing() -> None:
    assert load(*reversed(all_installed())).reports == load(*all_installed()).reports
    assert answers(load(*reversed(all_installed()))) == answers(load(*all_installed()))


# --- packs


def test_a_pack_that_is_missing_quarantines_those_who_use_it_with_the_line_that_mends_it() -> None:
    found = load(as_installed("acme"), as_installed("bolt"))
    assert state(found, "acme") == (
        "quarantined",
        "document",
        "it uses the pack basics, which is not installed; install it with: "
        "pip install 'crosspayer-basics>=2026.11,<2027'",
    )
    assert [payer.id for payer in found.payers] == ["bolt"]


@pytest.mark.parametrize("version", ["2026.10.9", "2027.1.0"])
def test_a_pack_of_another_version_quarantines_those_who_use_it(version: str, tmp_path: Path) -> None:
    pack = rewritten(copied("basics", tmp_path), "pack.toml", lambda text: text.replace("2026.11.0", version))
    found = load(as_installed("acme"), as_installed("basics", pack), as_installed("bolt"))
    assert state(found, "acme") == (
        "quarantined",
        "document",
        f"it uses the pack basics >=2026.11,<2027, version {version} is installed; install it with: "
        "pip install 'crosspayer-basics>=2026.11,<2027'",
    )
    assert state(found, "basics") == ("loaded", None, "")
    assert [payer.id for payer in found.payers] == ["bolt"]


def test_a_quarantined_pack_quarantines_those_who_use_it(tmp_path: Path) -> None:
    pack = rewritten(copied("basics", tmp_path), "policies/codes.toml", lambda text: text.replace("topic", "tpoic"))
    found = load(as_installed("acme"), as_installed("basics", pack), as_installed("bolt"))
    kind, stage, reason = state(found, "basics")
    assert (kind, stage) == ("quarantined", "document")
    assert 'crosspayer-basics/policies/codes.toml:10:1: rules[0].tpoic: is not a key here; did you mean "topic"?' in (
        reason.splitlines()
    )
    said = "it uses the pack basics, which is quarantined: its documents have 2 faults"
    assert state(found, "acme") == ("quarantined", "document", said)
    assert [payer.id for payer in found.payers] == ["bolt"]


def test_a_pack_without_the_policy_or_the_rule_a_payer_names(tmp_path: Path) -> None:
    def change(text: str) -> str:
        return text.replace('policy = "codes"', 'policy = "codez"', 1).replace('"valid-device"', '"valid-devise"', 1)

    payer = rewritten(copied("acme", tmp_path), "payer.toml", change)
    _, stage, reason = state(load(as_installed("acme", payer), as_installed("basics")), "acme")
    assert stage == "document"
    assert reason.splitlines() == [
        "crosspayer-acme/payer.toml:26:1: uses[0].policy: the pack basics has no policy codez; did you mean codes?",
        "crosspayer-acme/payer.toml:34:10: uses[1].rules[0]: basics/codes has no rule valid-devise; "
        "did you mean valid-device?",
    ]


# --- names and choices


def test_two_plugins_claiming_one_payer_are_both_refused_and_named() -> None:
    twin = as_installed("bolt")._replace(distribution="bolt-by-another-team", label="bolt-by-another-team")
    found = load(as_installed("bolt"), twin, as_installed("basics"))
    assert found.payers == ()
    reason = "bolt-by-another-team and crosspayer-bolt both claim bolt; uninstall all but one"
    assert [(r.distribution, r.stage, r.reason) for r in found.reports if r.id == "bolt"] == [
        ("bolt-by-another-team", "name", reason),
        ("crosspayer-bolt", "name", reason),
    ]


def test_a_pack_claimed_twice_serves_nobody_also_where_only_its_payer_is_chosen() -> None:
    twin = as_installed("basics")._replace(distribution="basics-by-another-team")
    for plugins in (None, ["acme"]):
        found = load(as_installed("acme"), as_installed("basics"), twin, plugins=plugins)
        assert found.payers == ()
        reason = "basics-by-another-team and crosspayer-basics both claim basics; uninstall all but one"
        assert {(r.stage, r.reason) for r in found.reports if r.id == "basics"} == {("name", reason)}
        assert state(found, "acme")[2] == f"it uses the pack basics, which is quarantined: {reason}"


def test_chosen_payers_bring_the_packs_they_use() -> None:
    everything = answers(load(*all_installed()))
    for chosen in (["acme"], ["bolt"], ["acme", "bolt"]):
        found = load(*all_installed(), plugins=chosen)
        assert answers(found) == {name: everything[name] for name in chosen}
    assert [report.id for report in load(*all_installed(), plugins=["bolt"]).reports] == ["bolt"]


def test_a_pack_that_is_broken_is_reported_where_only_its_payer_is_chosen(tmp_path: Path) -> None:
    pack = rewritten(copied("basics", tmp_path), "sources.toml", lambda text: text[:30])
    found = load(as_installed("acme"), as_installed("basics", pack), plugins=["acme"])
    assert [(r.id, r.stage) for r in found.reports] == [("acme", "document"), ("basics", "document")]


# --- folders


def test_a_folder_takes_the_place_of_an_installed_plugin(tmp_path: Path) -> None:
    root = rewritten(copied("bolt", tmp_path), "payer.toml", lambda text: text.replace("Bolt Mutual", "Bolt Next"))
    found = load(*all_installed(), plugin_dirs=[root])
    assert [(r.id, r.distribution) for r in found.reports] == [
        ("acme", "crosspayer-acme"),
        ("basics", "crosspayer-basics"),
        ("bolt", "folder bolt"),
    ]
    assert [payer.name for payer in found.payers] == ["Acme Health (invented)", "Bolt Next (invented)"]
    before = answers(load(*all_installed()))
    assert answers(found)["acme"] == before["acme"]


def test_a_folder_whose_documents_are_faulty_does_not_hand_back_to_the_installed_plugin(tmp_path: Path) -> None:
    root = rewritten(copied("bolt", tmp_path), "policies/benefit.toml", lambda text: text.replace("cites", "sites", 1))
    found = load(*all_installed(), plugin_dirs=[root])
    assert [payer.id for payer in found.payers] == ["acme"]
    kind, stage, reason = state(found, "bolt")
    assert (kind, stage) == ("quarantined", "document")
    assert f"{root}/policies/benefit.toml:13:1: rules[0].sites: is not a key here" in reason


def test_a_folder_without_a_usable_manifest_takes_the_place_of_the_plugin_it_is_named_like(tmp_path: Path) -> None:
    root = rewritten(copied("basics", tmp_path), "pack.toml", lambda text: text.replace("api = 1", "api = 2"))
    found = load(*all_installed(), plugin_dirs=[root])
    assert [(r.id, r.distribution, r.stage) for r in found.reports] == [
        ("acme", "crosspayer-acme", "document"),
        ("basics", "folder basics", "manifest"),
        ("bolt", "crosspayer-bolt", None),
    ]


def test_two_folders_of_one_payer(tmp_path: Path) -> None:
    first, second = copied("bolt", tmp_path / "a"), copied("bolt", tmp_path / "b")
    found = load(plugin_dirs=[first, second])
    assert [payer.id for payer in found.payers] == ["bolt"]
    assert [(r.state, r.reason) for r in found.reports] == [
        ("quarantined", "folder bolt and folder bolt both claim bolt; name one"),
        ("loaded", None),
    ]


def test_a_folder_may_be_a_pack(tmp_path: Path) -> None:
    found = load(as_installed("acme"), plugin_dirs=[copied("basics", tmp_path)])
    assert [payer.id for payer in found.payers] == ["acme"]


@pytest.mark.parametrize(
    ("spoil", "what"),
    [
        (lambda root: (root / "payer.toml").unlink(), "has no payer.toml or pack.toml"),
        (
            lambda root: (root / "pack.toml").write_text("", encoding="utf-8"),
            "has both payer.toml and pack.toml",
        ),
    ],
    ids=["none", "two"],
)
def test_a_folder_without_exactly_one_manifest(spoil: Callable[[Path], object], what: str, tmp_path: Path) -> None:
    root = copied("bolt", tmp_path)
    spoil(root)
    found = load(as_installed("acme"), as_installed("basics"), plugin_dirs=[root])
    said = f"{root} {what}; give it one manifest at the root of its package"
    assert state(found, "bolt") == ("quarantined", "manifest", said)
    assert [payer.id for payer in found.payers] == ["acme"]


def test_a_code_plugin_cannot_be_loaded_from_a_folder(tmp_path: Path) -> None:
    root = rewritten(copied("bolt", tmp_path), "payer.toml", lambda text: text.replace('"data"', '"code"'))
    said = f"{root} is a code plugin, and a folder can only hold a data plugin; install it"
    assert state(load(plugin_dirs=[root], allow_code=["bolt"]), "bolt") == ("quarantined", "import", said)


# --- documents


@pytest.mark.parametrize("name", ["payer.toml", "sources.toml", "policies/benefit.toml"])
def test_a_half_written_document_is_refused_with_its_place(name: str, tmp_path: Path) -> None:
    root = copied("bolt", tmp_path)
    text = (root / name).read_text(encoding="utf-8")
    half = text[: text.rindex("=") + 1]
    (root / name).write_text(half, encoding="utf-8")
    kind, stage, reason = state(load(as_installed("bolt", root)), "bolt")
    assert (kind, stage) == ("quarantined", "manifest" if name == "payer.toml" else "document")
    assert reason.startswith(f"crosspayer-bolt/{name}:{half.count(chr(10)) + 1}:")


@pytest.mark.parametrize("name", ["payer.toml", "sources.toml", "policies/benefit.toml"])
def test_a_document_in_another_encoding_is_refused(name: str, tmp_path: Path) -> None:
    root = copied("bolt", tmp_path)
    text = (root / name).read_text(encoding="utf-8")
    (root / name).write_bytes((text + '# "für"\n').encode("latin-1"))
    kind, stage, reason = state(load(as_installed("bolt", root)), "bolt")
    assert (kind, stage) == ("quarantined", "manifest" if name == "payer.toml" else "document")
    line = text.count("\n") + 1
    assert reason == f"crosspayer-bolt/{name}:{line}:5: the file is not UTF-8 text; save it as UTF-8."


def test_a_table_whose_rows_are_missing_or_in_another_encoding(tmp_path: Path) -> None:
    table = 'format = 1\nid = "t"\ntitle = "Codes"\nkey = ["code"]\nrows = "rows.csv"\nopen_ended = "none is given"\n'
    table += 'cites = ["contract"]\n[columns]\ncode = { type = "code" }\n'
    root = copied("bolt", tmp_path)
    (root / "tables").mkdir()
    (root / "tables" / "t.toml").write_text(table, encoding="utf-8")
    where = "crosspayer-bolt/tables/t.toml:5:1: rows:"
    missing = f"{where} there is no file tables/rows.csv; name the CSV file beside this one."
    assert state(load(as_installed("bolt", root)), "bolt")[2] == missing
    (root / "tables" / "rows.csv").write_bytes("code\n9776\xfc\n".encode("latin-1"))
    odd = f"{where} crosspayer-bolt/tables/rows.csv is not UTF-8 text; save it as UTF-8."
    assert state(load(as_installed("bolt", root)), "bolt")[2] == odd


def test_two_policies_of_one_id_and_a_policy_of_another_payer(tmp_path: Path) -> None:
    root = copied("bolt", tmp_path)
    text = (root / "policies" / "benefit.toml").read_text(encoding="utf-8")
    (root / "policies" / "copy.toml").write_text(text, encoding="utf-8")
    (root / "policies" / "other.toml").write_text(text.replace("bolt/benefit", "acme/benefit"), encoding="utf-8")
    assert state(load(as_installed("bolt", root)), "bolt")[2].splitlines() == [
        "crosspayer-bolt/policies/copy.toml:2:1: id: crosspayer-bolt/policies/benefit.toml:2 has the same id "
        "bolt/benefit; give each policy its own id.",
        "crosspayer-bolt/policies/other.toml:2:1: id: the policy's id names acme, the plugin is bolt; "
        "begin it with bolt/.",
    ]


def test_at_most_twenty_faults_are_told(tmp_path: Path) -> None:
    root = copied("bolt", tmp_path)
    rule = '[[rules]]\nid = "r{}"\ntopic = "units"\nrequire = {{ fact = "line.nuits", at_most = 1 }}\neffect = "warn"\n'
    rules = "".join(rule.format(number) + 'cites = ["contract"]\n' for number in range(25))
    rewritten(root, "policies/benefit.toml", lambda text: text + rules)
    lines = state(load(as_installed("bolt", root)), "bolt")[2].splitlines()
    assert len(lines) == 21
    assert lines[-1] == "… and 5 more"


# --- what is named must be there


def test_folders_and_names_that_are_not_there_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", all_installed)
    with pytest.raises(InputError) as caught:
        build_engine(plugin_dirs=[tmp_path / "nowhere"])
    assert str(caught.value) == f"{tmp_path}/nowhere: there is no such folder; name the folder that holds payer.toml."
    with pytest.raises(InputError) as caught:
        build_engine(plugins=["acme", "acmee"])
    assert str(caught.value) == "acmee: no plugin of this name is installed; see crosspayer plugins list."


# --- strict


def test_strict_makes_any_quarantine_fatal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", all_installed)
    assert list(build_engine(strict=True).payers) == ["acme", "bolt"]
    empty = tmp_path / "empty"
    empty.mkdir()
    assert list(build_engine(plugin_dirs=[empty]).payers) == ["acme", "bolt"]
    with pytest.raises(PluginError) as caught:
        build_engine(plugin_dirs=[empty], strict=True)
    assert str(caught.value) == (
        f"folder empty: quarantined at stage manifest: {empty} has no payer.toml or pack.toml; "
        "give it one manifest at the root of its package"
    )
    assert [report.id for report in caught.value.reports] == ["empty"]


def test_a_host_may_let_a_payer_speak_for_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "installed", all_installed)
    engine = build_engine(payer_asserts=["bolt"])
    found = engine.evaluate(Encounter.from_mapping(encounter()), all_payers=True)
    assert {d.payer: d.asserter for d in found.determinations} == {"acme": "advisory", "bolt": "payer"}


def test_a_fault_of_core_quarantines_the_plugin_that_met_it(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def stumble(plugin: LoadedPlugin, validated: ValidatedDigests) -> Library:
        if plugin.id == "odd":
            raise AssertionError("a value nobody may see")
        return read_library(plugin, validated)

    monkeypatch.setattr("crosspayer.plugins.build.read_library", stumble)
    found = load(site.package("good"), site.package("odd", payer=manifest("odd")))
    assert [payer.id for payer in found.payers] == ["good"]
    said = "reading the documents of invented-odd failed with AssertionError; ask its author, or uninstall it"
    assert state(found, "odd") == ("quarantined", "document", said)
