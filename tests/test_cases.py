"""Every shipped plugin proves itself: its cases hold, and each of its rules has cases that pass, fail and stay open."""

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest
from crosspayer.authoring.cases import Case, engine_for, read_cases, run_case
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError
from crosspayer.plugins.build import Installation, install
from crosspayer.policy.documents import ValidatedDigests
from crosspayer.policy.model import Rule

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent.name for path in ROOT.glob("plugins/*/pyproject.toml"))

CANNOT_BE = {
    ("bcbs/licensee/plan-known", "open"): "without a plan, every plan of the manifest answers for itself: the plan of "
    "an answer is never unknown",
}
"""Cases that cannot exist, by rule and outcome, with the reason."""


class Book(NamedTuple):
    """The cases of a plugin, the engine they run against, and why they cannot be read, if so."""

    cases: Sequence[Case]
    engine: Engine | None
    fault: str


@cache
def installation() -> Installation:
    return install(plugins=PLUGINS)


@cache
def book(plugin: str) -> Book:
    library = installation().libraries.get(plugin)
    if library is None:
        return Book((), None, f"{plugin} is not loaded")
    try:
        return Book(read_cases(library, ValidatedDigests()), engine_for(library, installation().payers), "")
    except InputError as error:
        return Book((), None, str(error))


def label(case: Case) -> str:
    """`plugin:file/case`; a case's id is unique in its file."""
    return f"{case.payer}:{Path(case.origin).stem}/{case.id}"


def rules(plugin: str) -> list[Rule]:
    """The plugin's own rules that are not switched off."""
    engine = book(plugin).engine
    found = engine.payers[plugin].rules if engine is not None and plugin in engine.payers else ()
    return [rule for rule in found if rule.policy.startswith(f"{plugin}/") and not rule.off]


CASES = [case for plugin in PLUGINS for case in book(plugin).cases]
RULES = sorted({rule.id for plugin in PLUGINS for rule in rules(plugin)})


@pytest.mark.parametrize("plugin", PLUGINS)
def test_every_plugin_is_loaded_and_its_cases_can_be_read(plugin: str) -> None:
    assert [(r.stage, r.reason) for r in installation().reports if r.id == plugin] == [(None, None)]
    assert book(plugin).fault == ""
    assert book(plugin).cases
    assert rules(plugin)


@pytest.mark.parametrize("case", CASES, ids=label)
def test_a_case_holds(case: Case) -> None:
    engine = book(case.payer).engine
    assert engine is not None
    assert run_case(case, engine).differences == ()


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_has_cases_that_pass_fail_and_stay_open(rule: str) -> None:
    mine = [case for case in book(rule.partition("/")[0]).cases if case.rule == rule]
    lacking = {kind for kind in ("pass", "fail", "open") if kind not in {case.expect for case in mine}}
    assert lacking == {kind for name, kind in CANNOT_BE if name == rule}


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_fails_by_one_change_to_a_case_that_passes(rule: str) -> None:
    cases = {(case.origin, case.id): case for case in book(rule.partition("/")[0]).cases}
    failing = [case for case in cases.values() if case.rule == rule and case.expect == "fail"]
    by_one_change = [
        case
        for case in failing
        if case.starts_from is not None
        and (before := cases[case.origin, case.starts_from]).expect == "pass"
        and before.rule == rule
        and (len(case.changed), len(case.removed)) == (1, 0)
    ]
    assert by_one_change, f"none of {', '.join(case.id for case in failing)} changes one fact of a case that passes"


def test_what_cannot_be_is_still_so() -> None:
    assert {rule for rule, _ in CANNOT_BE} <= set(RULES)
