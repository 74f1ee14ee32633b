"""What is found: installed distributions by their entry points, and folders; nothing is executed by looking."""

import sys
from pathlib import Path

import pytest
from crosspayer.plugins import discovery
from crosspayer.plugins.build import build_engine, install
from crosspayer.plugins.discovery import Candidate, folder, locate

from core.tests.plugins.site import Site, manifest

SETS = {"METADATA": "Metadata-Version: 2.1\nName: invented-odd\nVersion: 1.0\n"}


def found() -> list[Candidate]:
    """Those of the installed plugins that a test put there."""
    return [c for c in discovery.installed() if not c.distribution.startswith("crosspayer-")]


def others() -> list[Candidate]:
    return [c for c in discovery.installed() if c.distribution.startswith("crosspayer-")]


def test_an_installed_plugin_is_found_and_not_imported(site: Site) -> None:
    before = others()
    site.package("good", "raise RuntimeError")
    site.installed("good")
    assert found() == [Candidate("good", "invented-good", "1.0", "invented_good", None, "invented-good")]
    assert others() == before
    engine = build_engine(plugins=["good"])
    assert list(engine.payers) == ["good"]
    assert [(r.id, r.distribution, r.state) for r in engine.plugins] == [("good", "invented-good", "loaded")]
    assert "invented_good" not in sys.modules


def test_plugins_are_sorted_whatever_the_order_of_the_path(site: Site) -> None:
    for name in ("b", "a", "c"):
        site.package(name)
        site.installed(name)
    assert [candidate.name for candidate in found()] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "entry_points",
    ["[crosspayer.plugins]\nodd\n", "[crosspayer.plugins]\nodd = \udcff\n"],
    ids=["not-a-pair", "not-utf-8"],
)
def test_entry_points_that_cannot_be_read_hide_no_other_plugin(entry_points: str, site: Site) -> None:
    before = others()
    site.package("good")
    site.installed("good")
    site.metadata("invented-odd", SETS)
    odd = site.home / "invented_odd-1.0.dist-info" / "entry_points.txt"
    odd.write_bytes(entry_points.encode("utf-8", "surrogateescape"))
    assert [candidate.name for candidate in found()] == ["good", "invented-odd"]
    assert others() == before
    engine = build_engine(plugins=["good", "invented-odd"])
    assert list(engine.payers) == ["good"]
    (report,) = [report for report in engine.plugins if report.state == "quarantined"]
    assert (report.distribution, report.stage) == ("invented-odd", "manifest")
    assert report.reason == "the entry points of invented-odd cannot be read; reinstall it"


def test_a_distribution_without_a_name_is_found_by_its_entry_point(site: Site) -> None:
    site.package("odd")
    site.metadata("invented-odd", {"METADATA": "", "entry_points.txt": "[crosspayer.plugins]\nodd = invented_odd\n"})
    assert [(c.name, c.distribution, c.version) for c in found()] == [("odd", "unknown", "")]
    assert list(build_engine(plugins=["odd"]).payers) == ["odd"]


def test_two_distributions_of_one_name_are_both_refused(site: Site) -> None:
    site.package("good")
    site.installed("good")
    site.metadata(
        "another-good",
        {
            "METADATA": "Metadata-Version: 2.1\nName: another-good\nVersion: 1.0\n",
            "entry_points.txt": "[crosspayer.plugins]\ngood = invented_good\n",
        },
    )
    engine = build_engine(plugins=["good"])
    assert list(engine.payers) == []
    assert [(r.distribution, r.stage, r.reason) for r in engine.plugins] == [
        (name, "name", "another-good and invented-good both claim good; uninstall all but one")
        for name in ("another-good", "invented-good")
    ]


def test_a_package_inside_another_is_located(site: Site) -> None:
    candidate = site.package("good")
    inner = site.home / "invented_good" / "inner"
    assert locate(candidate._replace(module="invented_good.inner:plugin")) == inner


@pytest.mark.parametrize("module", ["", ".", "json", "a_module_that_is_not_there"])
def test_what_is_no_package_cannot_be_located(module: str, site: Site) -> None:
    (site.home / "json.py").touch()
    candidate = Candidate("odd", "invented-odd", "1.0", module, None, "invented-odd")
    (report,) = install(candidates=[candidate]).reports
    assert (report.state, report.stage) == ("quarantined", "manifest")


def test_a_folder_is_the_package_or_its_project(tmp_path: Path) -> None:
    package = tmp_path / "acme" / "src" / "crosspayer_acme"
    package.mkdir(parents=True)
    (package / "payer.toml").write_text(manifest("acme"), encoding="utf-8")
    assert folder(package).root == package
    assert folder(tmp_path / "acme").root == package
    assert folder(tmp_path).root == tmp_path  # holds no plugin itself


def test_a_folder_is_named_by_its_own_name_and_shown_as_the_user_wrote_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "acme"
    home.mkdir()
    monkeypatch.chdir(home)
    here = folder(Path())
    assert (here.name, here.distribution, here.label) == ("acme", "folder acme", ".")


def test_a_folder_with_two_manifests_is_found_as_one_plugin(tmp_path: Path) -> None:
    package = tmp_path / "acme" / "src" / "crosspayer_acme"
    package.mkdir(parents=True)
    for name in ("payer.toml", "pack.toml"):
        (package / name).write_text(manifest("acme"), encoding="utf-8")
    assert folder(tmp_path / "acme").root == package
