"""The contract kit: what a good plugin passes, as a test class to derive from."""

from __future__ import annotations

import re
from importlib import metadata
from typing import ClassVar

from crosspayer.authoring.coverage.outcomes import outcomes
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError
from crosspayer.report.case_results import failure_text
from crosspayer.testing.book import Book, book
from crosspayer.testing.laws import check_removal, plain, removable

REMOVALS = 200
"""Facts that are removed, spread over all cases."""
_PERSONAL = {
    "a social security number": re.compile(r"(?<![\d-])\d{3}-\d{2}-\d{4}(?![\d-])"),
    "an e-mail address": re.compile(r"[\w.+-]+@[\w-]+\.[a-z]{2,}"),
    "a telephone number": re.compile(r"\(\d{3}\) ?\d{3}-\d{4}"),
}


class PluginContract:
    """Derive from it, name the plugin, and pytest runs everything a good plugin must pass.

        from crosspayer.testing import PluginContract

        class TestContract(PluginContract):
            plugin = "acme"

    `plugin` is the id of an installed plugin, or its folder; `plugin_dirs` are folders of packs it uses that are not
    installed. Every rule has a case of each outcome it can have; one that asks only for the plan that answers is never
    open.
    """

    plugin: ClassVar[str]
    plugin_dirs: ClassVar[tuple[str, ...]] = ()

    def book(self) -> Book:
        """The plugin's cases and engine. Fails with every fault of its documents where it does not load."""
        try:
            return book(self.plugin, self.plugin_dirs)
        except InputError as error:
            raise AssertionError(str(error)) from None

    def test_it_loads(self) -> None:
        """Its manifest and documents have no fault, and it has rules and cases."""
        found = self.book()
        assert found.own_rules, "the plugin has no rule of its own"
        assert found.cases, "the plugin ships no cases"

    def test_its_version_is_the_distributions(self) -> None:
        """The manifest says the version of the distribution that holds it."""
        loaded = self.book().target.library.plugin
        if loaded.candidate.root is None:
            assert loaded.version == metadata.version(loaded.candidate.distribution)

    def test_every_case_holds(self) -> None:
        """Every case gets the findings it expects."""
        found = self.book()
        results = [found.result(case) for case in found.cases]
        failures = [failure_text(result, found.rules) for result in results if result.differences]
        assert not failures, "\n\n".join(failures)

    def test_every_rule_has_cases_that_pass_fail_and_stay_open(self) -> None:
        """Each of its rules is seen to pass, to fail and to stay open."""
        found = self.book()
        shown = {(case.rule, case.expect) for case in found.cases}
        payer = found.engine.payers[found.target.id]
        wanted = {(rule, kind) for rule in found.own_rules for kind in outcomes(found.rules[rule], payer)}
        lacking = [f"{rule} has no case that expects {kind}" for rule, kind in sorted(wanted - shown)]
        assert not lacking, "\n".join(lacking)

    def test_every_rule_fails_by_one_change(self) -> None:
        """Each of its rules has a failing case that changes one fact of a passing one."""
        found = self.book()
        cases = {(case.origin, case.id): case for case in found.cases}
        by_one_change = {
            case.rule
            for case in found.cases
            if case.expect == "fail"
            and case.starts_from is not None
            and (before := cases[case.origin, case.starts_from]).expect == "pass"
            and before.rule == case.rule
            and (len(case.changed), len(case.removed)) == (1, 0)
        }
        lacking = sorted(set(found.own_rules) - by_one_change)
        assert not lacking, f"no case fails by one change to a passing one: {', '.join(lacking)}"

    def test_both_executions_give_the_same_bytes(self) -> None:
        """The interpreter and the compiled form answer a fifth of the cases alike."""
        found = self.book()
        payers = found.engine.payers.values()
        answers = []
        for execution in ("interpreted", "compiled"):
            engine = Engine(payers, execution=execution)
            answers.append([self._answer(engine, found, index) for index in range(0, len(found.cases), 5)])
        assert answers[0] == answers[1]

    def _answer(self, engine: Engine, found: Book, index: int) -> bytes:
        case = found.cases[index]
        encounter = Encounter.from_mapping({"id": case.id, **case.encounter})
        plans = (f"{case.payer}/{case.plan}",) if case.plan else ()
        return engine.evaluate(encounter, payers=(case.payer,), plans=plans).to_json()

    def test_removing_a_fact_moves_an_answer_only_towards_unknown(self) -> None:
        """Whoever knows less gets the same answer or a more open one: see `crosspayer.testing.laws`."""
        found = self.book()
        tried = []
        for case in found.cases:
            data = plain({"id": case.id, **case.encounter})
            tried += [(case, data, path) for path in removable(data)]
        for case, data, path in tried[:: max(1, len(tried) // REMOVALS)]:
            check_removal(found.engine, case.payer, case.plan, data, path)

    def test_its_cases_hold_nothing_personal(self) -> None:
        """Nothing in a case looks like a person's number or address; the place is named, never the text."""
        documents = {case.origin: case.document for case in self.book().cases}
        found = [
            f"{origin}:{document.text.count(chr(10), 0, match.start()) + 1}: this looks like {what}"
            for origin, document in sorted(documents.items())
            for what, pattern in _PERSONAL.items()
            for match in pattern.finditer(document.text)
        ]
        assert not found, "\n".join(found)
