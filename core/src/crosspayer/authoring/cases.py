"""Cases: encounters with the findings they must get, run against the rules of an installation."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosspayer.authoring.facts_of import drop_fact, put_fact
from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError, nearest
from crosspayer.language.names import suggestion
from crosspayer.plugins.assemble import Library, assemble
from crosspayer.policy.documents import Document, Problems, ValidatedDigests
from crosspayer.policy.model import Payer
from crosspayer.policy.parts import read_parts
from crosspayer.schemas.positions import Place, place_of


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its encounter worked out: the base, its changes and removals applied."""

    id: str
    rule: str  # full rule id
    document: Document
    index: int  # its place among the cases of its document
    encounter: Mapping[str, Any]
    line: int | None
    plan: str | None
    payer: str
    expect: str
    effect: str | None
    missing: tuple[str, ...] | None
    payable: int | None
    verdict: str | None
    starts_from: str | None
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    findings: Mapping[str, str] = field(default_factory=dict)  # what further rules must say, by full id

    @property
    def origin(self) -> str:
        """Its file, as messages name it."""
        return self.document.origin

    @property
    def label(self) -> str:
        """`topic/case`: a case's id is unique in its file."""
        return f"{Path(self.origin).stem}/{self.id}"

    def place(self) -> Place:
        """Line and column at which it stands in its file."""
        from crosspayer.schemas.toml_positions import key_positions

        return place_of(key_positions(self.document.text), self.document.written(("cases", self.index))) or (1, 1)


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and how the answer differs from what it expects; no differences means it holds.

    `finding` is what the rule said, None where it said nothing or the encounter was refused.
    """

    case: Case
    differences: tuple[str, ...] = ()
    finding: Finding | None = None


def read_cases(library: Library, validated: ValidatedDigests) -> list[Case]:
    """The cases a plugin ships. Raises `InputError` for faults in them."""
    problems = Problems()
    spoilt = library.space.spoilt
    found = [
        case
        for given in library.plugin.cases()
        if (document := read_parts(given, "case", library.plugin.id, validated, problems, spoilt)) is not None
        for case in cases_of(document, library, problems)
    ]
    problems.check()
    return found


def cases_of(document: Document, library: Library, problems: Problems) -> Iterator[Case]:
    """The cases of one document. Faults go to `problems`, and the cases that have them are left out."""
    spoilt = library.space.spoilt
    encounters: Mapping[str, Any] = document.data.get("encounters", {})
    raw_by_id: dict[str, Mapping[str, Any]] = {}
    known = rule_ids(library)
    for index, raw in enumerate(document.data["cases"]):
        if raw["id"] in raw_by_id:
            problems.add(document, ("cases", index, "id"), f"two cases are named {raw['id']}", "rename one")
        raw_by_id[raw["id"]] = raw
    for index, raw in enumerate(document.data["cases"]):
        chain = [raw]
        while "from" in chain[-1]:
            previous = raw_by_id.get(chain[-1]["from"])
            if previous is None or previous in chain:
                name = chain[-1]["from"]
                if previous is not None:
                    what, remedy = "the cases start from each other in a circle", "name another case"
                else:
                    what, remedy = f"no case of this file is named {name}", suggestion(name, raw_by_id)
                if not spoilt.holds("case", name):
                    problems.add(document, ("cases", index, "from"), what, remedy)
                break
            chain.append(previous)
        else:
            merged: dict[str, Any] = {}
            for step in reversed(chain):
                merged |= {
                    k: v
                    for k, v in step.items()
                    if k not in ("change", "remove", "missing", "effect", "payable", "verdict", "findings", "note")
                }
            merged |= {k: raw[k] for k in ("missing", "effect", "payable", "verdict") if k in raw}
            named = merged.get("encounter", "")
            base = named if isinstance(named, dict) else encounters.get(named)
            if base is None:
                if "encounter" in raw and not spoilt.holds("encounter", named):
                    what = f"no encounter of this file is named {named}"
                    problems.add(document, ("cases", index, "encounter"), what, suggestion(named, encounters))
                continue
            rule = full_rule(merged.get("rule", ""), library.plugin.id, known)
            if rule is None:
                rule = f"{library.plugin.id}/{merged.get('rule', '')}"
                if "rule" in raw and not spoilt.holds("rule", rule):
                    what = f"no rule is named {raw['rule']}"
                    near = nearest(
                        raw["rule"], [full.partition("/")[2] for full in spoilt.among("rule", sorted(known))]
                    )
                    remedy = f"did you mean {near}?" if near else "name a rule as policy/rule"
                    problems.add(document, ("cases", index, "rule"), what, remedy)
                spoilt.add("rule", rule)  # told once
            further = dict[str, str]()
            for name, kind in raw.get("findings", {}).items():
                other = full_rule(name, library.plugin.id, known)
                if other is None and not spoilt.holds("rule", f"{library.plugin.id}/{name}"):
                    place = ("cases", index, "findings", name)
                    problems.add(document, place, "there is no such rule", "name a rule as policy/rule")
                elif other is not None:
                    further[other] = kind
            data = copy.deepcopy(dict(base))
            for step in reversed(chain):
                for path, value in step.get("change", {}).items():
                    put_fact(data, path, value)
                for path in step.get("remove", ()):
                    drop_fact(data, path)
            yield Case(
                id=raw["id"],
                rule=rule,
                document=document,
                index=index,
                encounter=data,
                line=merged.get("line"),
                plan=merged.get("plan"),
                payer=library.plugin.id,
                expect=merged["expect"],
                effect=merged.get("effect"),
                missing=tuple(raw["missing"]) if "missing" in raw else None,
                payable=merged.get("payable"),
                verdict=merged.get("verdict"),
                starts_from=raw.get("from"),
                changed=tuple(raw.get("change", {})),
                removed=tuple(raw.get("remove", ())),
                findings=further,
            )


def rule_ids(library: Library) -> set[str]:
    """The full ids of a plugin's own rules."""
    return {f"{policy.data['id']}/{rule['id']}" for policy in library.policies for rule in policy.data["rules"]}


def full_rule(name: str, plugin: str, known: set[str]) -> str | None:
    """`units/modifier` of a plugin is `<plugin>/units/modifier`; a pack's rule is given in full."""
    if f"{plugin}/{name}" in known:
        return f"{plugin}/{name}"
    return name if name.count("/") == 2 else None


def engine_for(library: Library, payers: Iterable[Payer]) -> Engine:
    """The engine a plugin's cases run against, over the loaded payers.

    A pack answers by itself, as a payer of its own name without plans that uses every rule of the pack. Raises
    `InputError` for faults in its policies, which show only where they are joined.
    """
    return Engine([assemble(library, {}, {})] if library.plugin.is_pack else payers)


def run_case(case: Case, engine: Engine) -> CaseResult:
    """Evaluate the case's encounter and compare."""
    try:
        encounter = Encounter.from_mapping({"id": case.id, **case.encounter}, f"{case.origin}: {case.id}")
        answer = engine.evaluate(
            encounter, payers=(case.payer,), plans=(f"{case.payer}/{case.plan}",) if case.plan else ()
        )
    except InputError as error:
        return CaseResult(case, tuple(str(problem) for problem in error.problems))
    return compare(case, answer.determinations)


def compare(case: Case, determinations: Sequence[Determination]) -> CaseResult:
    """How what was determined differs from what the case expects."""
    line = judged_line(case, (d.line for d in determinations))
    mine = [d for d in determinations if d.payer == case.payer and d.line == line]
    if case.plan is not None:
        mine = [d for d in mine if d.plan == case.plan or case.plan in d.plans or (d.plan is None and not d.plans)]
    if not mine:
        return CaseResult(case, ("the payer gives no determination of the line",))
    return _held_against(case, mine[0])


def judged_line(case: Case, numbers: Iterable[int]) -> int:
    """The number of the line the case judges: the one it names, or the first."""
    return case.line if case.line is not None else min(numbers, default=1)


def _held_against(case: Case, determination: Determination) -> CaseResult:
    by_rule = {f.rule: f for f in (*determination.findings, *determination.deferred)}
    finding = by_rule.get(case.rule)
    differences = [*_of_finding(case, finding)]
    if case.verdict is not None and determination.verdict != case.verdict:
        differences.append(f"expected the verdict {case.verdict}, got {determination.verdict}")
    for rule, kind in sorted(case.findings.items()):
        got = by_rule[rule].kind if rule in by_rule else "absent"
        if got != kind:
            differences.append(f"{rule}: expected {kind}, got {got}")
    return CaseResult(case, tuple(differences), finding)


def _of_finding(case: Case, finding: Finding | None) -> Iterator[str]:
    kind = finding.kind if finding else "absent"
    if kind != case.expect:
        yield f"expected {case.expect}, got {kind}" + (
            f" (missing {', '.join(finding.missing)})" if finding and finding.missing else ""
        )
    elif finding is not None:
        if case.effect is not None and finding.effect != case.effect:
            yield f"expected the effect {case.effect}, got {finding.effect}"
        if case.missing is not None and set(finding.missing) != set(case.missing):
            yield f"expected to miss {', '.join(case.missing)}, got {', '.join(finding.missing) or 'nothing'}"
        if case.payable is not None and finding.payable != case.payable:
            yield f"expected {case.payable} payable units, got {finding.payable}"
