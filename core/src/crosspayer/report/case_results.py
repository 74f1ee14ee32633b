"""What became of cases: text for people, JSON for programs, JUnit XML for build servers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Literal, NotRequired, TextIO, TypedDict

from crosspayer.authoring.cases import Case, CaseResult
from crosspayer.policy.model import Rule
from crosspayer.report.explanation import sentences

Rules = Mapping[str, Rule]
"""Rules by full id."""


class CaseOutcome(TypedDict):
    """What became of one case: the finding it expected of its rule and the one it got, null for none.

    A case that does not hold says where it stands and which facts decided.
    """

    case: str
    rule: str
    file: str
    expected: str
    got: str | None
    differences: tuple[str, ...]
    line: NotRequired[int]
    column: NotRequired[int]
    facts: NotRequired[dict[str, Any]]
    missing: NotRequired[tuple[str, ...]]


class PluginCases(TypedDict):
    """The cases of one plugin."""

    plugin: str
    passed: int
    failed: int
    cases: list[CaseOutcome]


class CaseResults(TypedDict):
    """What became of the cases of plugins."""

    format: Literal["crosspayer/case-results/1"]
    plugins: list[PluginCases]


def failure_text(result: CaseResult, rules: Rules) -> str:
    """A case that does not hold: where it stands, what its rule requires, and the difference fact by fact.

    Cases are synthetic, so their values are shown.
    """
    case, finding = result.case, result.finding
    line, column = case.place()
    said = [f"{case.label} ({case.origin}:{line}:{column})"]
    rule = rules.get(case.rule)
    said.append(f"  rule      {case.rule}")
    if rule is not None:
        when, requires = sentences(rule, _day(case) if rule.dated_by == "service_date" else None)
        if when != "always":
            said.append(f"  applies   when {when}")
        said.append(f"  requires  {requires}")
    said += [f"  differs   {difference}" for difference in result.differences]
    if finding is not None:
        said += [f"  used      {path} = {shown(value)}" for path, value in finding.facts.items()]
        said += [f"  missing   {path}" for path in finding.missing]
    said += [f"  changed   {path} (from {case.starts_from})" for path in case.changed]
    said += [f"  removed   {path} (from {case.starts_from})" for path in case.removed]
    return "\n".join(said)


def _day(case: Case) -> date | None:
    """The day of service of the judged line, whose values the rule used."""
    lines = case.encounter.get("lines") or [{}]
    judged = next((line for line in lines if line.get("number") == case.line), lines[0])
    day = judged.get("service_date")
    try:
        return day if isinstance(day, date) or day is None else date.fromisoformat(day)
    except (TypeError, ValueError):
        return None  # the case says itself that its encounter cannot be read


def shown(value: Any) -> str:
    """A value of a case as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, (list, tuple)):
        return ", ".join(map(str, value)) or "none"
    return str(value)


def write_text(plugin: str, results: Sequence[CaseResult], rules: Rules, file: TextIO) -> None:
    """Each failure in full, then one line that counts."""
    failed = [result for result in results if result.differences]
    for result in failed:
        file.write(f"{plugin}: {failure_text(result, rules)}\n\n")
    tested = len({result.case.rule for result in results})
    held = f"{len(results) - len(failed)} of {len(results)} cases hold"
    file.write(f"{plugin}: {held}, about {tested} {'rule' if tested == 1 else 'rules'}.\n")


def as_data(plugin: str, results: Sequence[CaseResult]) -> PluginCases:
    """The results of one plugin as a document."""
    return {
        "plugin": plugin,
        "passed": sum(not result.differences for result in results),
        "failed": sum(bool(result.differences) for result in results),
        "cases": [_case(result) for result in results],
    }


def _case(result: CaseResult) -> CaseOutcome:
    case, finding = result.case, result.finding
    said: CaseOutcome = {
        "case": case.label,
        "rule": case.rule,
        "file": case.origin,
        "expected": case.expect,
        "got": None if finding is None else finding.kind,
        "differences": result.differences,
    }
    if result.differences:
        said["line"], said["column"] = case.place()
        said["facts"] = {} if finding is None else finding.facts
        said["missing"] = () if finding is None else finding.missing
    return said


def as_json(results: Mapping[str, Sequence[CaseResult]]) -> str:
    """The results of several plugins as JSON."""
    import msgspec

    plugins = [as_data(plugin, found) for plugin, found in results.items()]
    return msgspec.json.encode(CaseResults(format="crosspayer/case-results/1", plugins=plugins)).decode()


def as_junit(results: Mapping[str, Sequence[CaseResult]], rules: Rules) -> str:
    """The results of several plugins as JUnit XML: a suite a plugin, a test case a case. No times, no clock."""
    from xml.etree import ElementTree

    root = ElementTree.Element("testsuites", name="crosspayer")
    for plugin, found in results.items():
        failed = str(sum(bool(result.differences) for result in found))
        suite = ElementTree.SubElement(root, "testsuite", name=plugin, tests=str(len(found)), failures=failed)
        for result in found:
            name, rule = result.case.label, result.case.rule
            case = ElementTree.SubElement(suite, "testcase", classname=rule, name=name, file=result.case.origin)
            if result.differences:
                failure = ElementTree.SubElement(case, "failure", message="; ".join(result.differences))
                failure.text = failure_text(result, rules)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode")
