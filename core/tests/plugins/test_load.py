"""Each plugin is loaded in a guard of its own: the eleven kinds of plugin of one bad installation, and more."""

import sys
from collections.abc import Callable
from typing import NamedTuple

import pytest
from crosspayer import hookimpl
from crosspayer.plugins.build import Installation
from crosspayer.plugins.discovery import Candidate
from crosspayer.plugins.load import guarded, load
from crosspayer.plugins.report import PluginReport, Quarantine
from crosspayer.policy.documents import ValidatedDigests

from core.tests import invented
from core.tests.plugins.site import Site, is_imported, manifest

SECRET = "a-value-nobody-may-see"


class Kind(NamedTuple):
    """One kind of plugin: how it is installed, the stage it fails at (None: it answers), and why."""

    put: Callable[[Site], list[Candidate]]
    stage: str | None
    reason: str = ""


def code(name: str, body: str) -> Callable[[Site], list[Candidate]]:
    return lambda site: [site.code(name, body)]


KINDS = {
    "good": Kind(lambda site: [site.package("good")], None),
    "data": Kind(lambda site: [site.package("data", f"raise RuntimeError({SECRET!r})")], None),
    "import-error": Kind(
        code("import-error", "import a_module_that_is_not_there"),
        "import",
        "importing invented_import_error failed with ModuleNotFoundError; ask its author, or uninstall it",
    ),
    "exits": Kind(
        code("exits", f"import sys\nsys.exit({SECRET!r})"),
        "import",
        "importing invented_exits failed with SystemExit; ask its author, or uninstall it",
    ),
    "syntax": Kind(
        code("syntax", "def ("),
        "import",
        "importing invented_syntax failed with SyntaxError; ask its author, or uninstall it",
    ),
    "wrong-api": Kind(
        lambda site: [site.package("wrong-api", payer=manifest("wrong-api").replace("api = 1", "api = 99"))],
        "manifest",
        "invented-wrong-api/payer.toml has api = 99, this core speaks api 1; install a matching version",
    ),
    "misspelt": Kind(
        code("misspelt", "@hookimpl\ndef crosspayer_polices(): return []"),
        "contract",
        "invented-misspelt implements crosspayer_polices, which is no hook of api 1; correct its name",
    ),
    "argument": Kind(
        code("argument", "@hookimpl\ndef crosspayer_policies(encounter): return []"),
        "register",
        "registering invented-argument failed with PluginValidationError; ask its author, or uninstall it",
    ),
    "wrapper": Kind(
        code("wrapper", "@hookimpl(wrapper=True)\ndef crosspayer_policies(): return (yield)"),
        "contract",
        "invented-wrapper wraps crosspayer_policies; wrappers are refused, answer the hook itself",
    ),
    "raising": Kind(
        code("raising", f"@hookimpl\ndef crosspayer_policies(): raise RuntimeError({SECRET!r})"),
        "contract",
        "crosspayer_policies of invented-raising failed with RuntimeError; ask its author, or uninstall it",
    ),
    "taken": Kind(
        lambda site: [site.package("taken"), site.package("taken", distribution="invented-taken-too")],
        "name",
        "invented-taken and invented-taken-too both claim taken; uninstall all but one",
    ),
}


def installed(site: Site, *names: str) -> Installation:
    candidates = [candidate for name in names for candidate in KINDS[name].put(site)]
    return invented.load(*candidates, allow_code=names)


def reports(found: Installation, name: str) -> list[PluginReport]:
    return [report for report in found.reports if report.id == name]


def test_eleven_plugins_of_which_two_answer(site: Site) -> None:
    found = installed(site, *KINDS)
    assert [payer.id for payer in found.payers] == ["data", "good"]
    assert {(r.id, r.stage, r.reason or "") for r in found.reports} == {
        (name, kind.stage, kind.reason) for name, kind in KINDS.items()
    }
    assert SECRET not in repr(found.reports)
    assert "invented_data" not in sys.modules  # its import would have raised


@pytest.mark.parametrize("name", [name for name in KINDS if name != "good"])
def test_a_bad_plugin_does_not_change_what_a_good_one_says(name: str, site: Site) -> None:
    alone = invented.answers(installed(site, "good"), ["good"])
    beside = installed(site, "good", name)
    assert invented.answers(beside, ["good"]) == alone
    found = reports(beside, name)
    assert {report.state for report in found} == {"quarantined" if KINDS[name].stage else "loaded"}
    assert {report.distribution for report in found} == {c.distribution for c in KINDS[name].put(site)}


def test_a_code_plugin_is_not_imported_until_it_is_allowed(site: Site) -> None:
    candidate = site.code("imperative", "import sys\nsys.exit()")
    (report,) = invented.load(candidate).reports
    assert report.stage == "import"
    assert report.reason == (
        "invented-imperative is a code plugin and not allowed; allow it by name (imperative) if you trust it"
    )
    assert not is_imported(candidate)


ANSWERS = """\
from pathlib import Path
HERE = Path(__file__).parent
def read(name):
    return PluginDocument(name, f"inside/{name}", (HERE / name).read_bytes())
@hookimpl
def crosspayer_policies():
    yield read("policies/benefit.toml")
    yield read("sources.toml")
"""


@pytest.mark.parametrize("allowed", ["imperative", "invented-imperative"])
def test_an_allowed_code_plugin_answers_like_a_data_plugin(allowed: str, site: Site) -> None:
    data = invented.answers(invented.load(site.package("imperative")))
    candidate = site.code("imperative", ANSWERS)
    found = invented.load(candidate, allow_code=[allowed])
    assert [(r.kind, r.state) for r in found.reports] == [("code", "loaded")]
    assert is_imported(candidate)
    assert invented.answers(found) == data


def test_a_code_plugin_may_answer_its_manifest_itself(site: Site) -> None:
    answered = manifest("imperative", "code").replace("Invented", "Answered")
    hook = f"@hookimpl\ndef crosspayer_payer(): return PluginDocument('payer.toml', 'inside', {answered.encode()!r})"
    found = invented.load(site.code("imperative", ANSWERS + hook), allow_code=["imperative"])
    assert [payer.name for payer in found.payers] == ["Answered imperative"]


NO_DOCUMENT = "answered something other than plugin documents; see crosspayer.hookspecs"
FAILED = "failed with {}; ask its author, or uninstall it"


@pytest.mark.parametrize(
    ("hook", "body", "reason"),
    [
        ("crosspayer_payer", "return None", NO_DOCUMENT),
        ("crosspayer_payer", "return 'abc'", NO_DOCUMENT),
        ("crosspayer_payer", f"raise KeyError({SECRET!r})", FAILED.format("KeyError")),
        ("crosspayer_policies", "return 5", FAILED.format("TypeError")),
        ("crosspayer_policies", "return None", FAILED.format("TypeError")),
        ("crosspayer_tables", "return ['a']", NO_DOCUMENT),
        ("crosspayer_tables", "return [PluginDocument('a', 'a', 'text')]", NO_DOCUMENT),
        ("crosspayer_tables", "return [PluginDocument(None, 'a', b''), PluginDocument('b', 'b', b'')]", NO_DOCUMENT),
    ],
)
def test_an_answer_that_is_no_document(hook: str, body: str, reason: str, site: Site) -> None:
    found = invented.load(site.code("odd", f"@hookimpl\ndef {hook}(): {body}"), allow_code=["odd"])
    (report,) = found.reports
    stage = "manifest" if hook == "crosspayer_payer" else "contract"
    assert (report.state, report.stage) == ("quarantined", stage)
    assert report.reason == f"{hook} of invented-odd {reason}"


def test_an_answered_manifest_is_validated_too(site: Site) -> None:
    hook = "@hookimpl\ndef crosspayer_payer(): return PluginDocument('payer.toml', 'inside', b'api = 1')"
    (report,) = invented.load(site.code("odd", hook), allow_code=["odd"]).reports
    assert (report.state, report.stage) == ("quarantined", "manifest")
    assert 'inside:1:1: has no "kind"; add it.' in (report.reason or "").splitlines()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (manifest("odd").replace("api = 1\n", ""), "has no api number, this core speaks api 1"),
        (manifest("odd").replace("api = 1", "api = '1'"), "has no api number, this core speaks api 1"),
        (manifest("odd").replace('kind = "data"\n', ""), 'invented-odd/payer.toml:1:1: has no "kind"; add it.'),
        (manifest("odd").replace('"data"', '"pack"'), 'invented-odd/payer.toml:2:1: kind: is "pack"; '),
        (manifest("odd").replace("name =", "nmae =", 1), 'payer.toml:5:1: nmae: is not a key here; did you mean "name'),
        (manifest("other"), 'says id = "other", its entry point is named odd; make them agree'),
        (manifest("odd")[:40], "invented-odd/payer.toml:3:"),
    ],
)
def test_a_manifest_that_cannot_be_used(text: str, reason: str, site: Site) -> None:
    (report,) = invented.load(site.package("odd", payer=text)).reports
    assert (report.state, report.stage) == ("quarantined", "manifest")
    assert report.reason is not None
    assert reason in report.reason


def test_a_manifest_may_begin_with_a_byte_order_mark(site: Site) -> None:
    found = invented.load(site.package("marked", payer="\ufeff" + manifest("marked")))
    assert [payer.id for payer in found.payers] == ["marked"]


def test_a_package_that_cannot_be_found() -> None:
    gone = Candidate("gone", "invented-gone", "1.0", "a_package_that_is_not_there:plugin", None, "invented-gone")
    (report,) = invented.load(gone).reports
    assert (report.stage, report.reason) == (
        "manifest",
        "the package a_package_that_is_not_there of its entry point cannot be found; reinstall invented-gone",
    )


def test_the_user_can_interrupt_a_plugin_and_running_out_of_memory_is_no_fault_of_it(site: Site) -> None:
    for name, error in (("stopped", KeyboardInterrupt), ("large", MemoryError)):
        with pytest.raises(error):
            invented.load(site.code(name, f"raise {error.__name__}"), allow_code=[name])


def test_an_error_of_its_own_keeps_its_stage() -> None:
    def refuse() -> None:
        raise Quarantine("name", "for a reason")

    with pytest.raises(Quarantine) as caught:
        guarded("anything", "import", refuse)
    assert (caught.value.stage, caught.value.reason) == ("name", "for a reason")


def test_cases_are_asked_only_when_they_are_wanted(site: Site) -> None:
    body = "@hookimpl\ndef crosspayer_cases(): raise RuntimeError"
    plugin = load(site.code("lazy", body), ["lazy"], ValidatedDigests())
    with pytest.raises(Quarantine, match=r"^\('contract', 'crosspayer_cases of invented-lazy failed with RuntimeError"):
        plugin.cases()


def test_the_marker_is_public() -> None:
    assert hookimpl.project_name == "crosspayer"
