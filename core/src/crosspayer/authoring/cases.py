"""Cases: encounters with the findings they must get, run against the rules of an installation."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosspayer.authoring.check_case import check_case
from crosspayer.authoring.facts_of import FactPathError, drop_fact, put_fact
from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError, nearest_rule
from crosspayer.language.names import Path as KeyPath
from crosspayer.language.names import suggestion
from crosspayer.plugins.assemble import Library
from crosspayer.policy.documents import Document, Problems, ValidatedDigests
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


def read_cases(library: Library, validated: ValidatedDigests, packs: Iterable[Library] = ()) -> list[Case]:
    """The cases a plugin ships; `packs` are those it uses, whose rules its cases may name.

    Raises `InputError` for faults in them.
    """
    problems = Problems()
    found = gather_cases(library, packs, validated, problems)
    problems.check()
    return found


def gather_cases(
    library: Library, packs: Iterable[Library], validated: ValidatedDigests, problems: Problems
) -> list[Case]:
    """The cases of a plugin that uses these packs; faults go to `problems`.

    What a case names is there, and its encounter can be read, where it has no fault.
    """
    known = rule_ids(library).union(*map(rule_ids, packs))
    found = []
    for given in library.plugin.cases():
        document = read_parts(given, "case", library.plugin.id, validated, problems, library.space.spoilt)
        if document is not None:
            for case in _cases_of(document, library, known, problems):
                check_case(case, library, problems)
                found.append(case)
    return found


def _cases_of(document: Document, library: Library, known: set[str], problems: Problems) -> Iterator[Case]:
    """The cases of one document. Faults go to `problems`, and cases without an encounter are left out."""
    spoilt = library.space.spoilt
    encounters: Mapping[str, Any] = document.data.get("encounters", {})
    raw_by_id: dict[str, Mapping[str, Any]] = {}
    first_by_id: dict[str, int] = {}
    index_by_id = {raw["id"]: index for index, raw in enumerate(document.data["cases"])}
    for index, raw in enumerate(document.data["cases"]):
        if raw["id"] in raw_by_id:
            first = problems.place(document, ("cases", first_by_id[raw["id"]], "id"))
            what = f"a case is named {raw['id']} already, at {first}"
            problems.add(document, ("cases", index, "id"), what, "rename one")
        raw_by_id[raw["id"]] = raw
        first_by_id.setdefault(raw["id"], index)
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
            rule = full_rule(merged.get("rule", ""), library.plugin.id)
            if "rule" in raw:
                _check_rule(raw["rule"], document, ("cases", index, "rule"), library, known, problems)
            further = dict[str, str]()
            for name, kind in raw.get("findings", {}).items():
                _check_rule(name, document, ("cases", index, "findings", name), library, known, problems)
                further[full_rule(name, library.plugin.id)] = kind
            data = copy.deepcopy(dict(base))
            for step in reversed(chain):
                _apply(step, data, document, index_by_id[step["id"]], problems)
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


def full_rule(name: str, plugin: str) -> str:
    """`units/modifier` of a plugin is `<plugin>/units/modifier`; a pack's rule is given in full."""
    return name if name.count("/") == 2 else f"{plugin}/{name}"


def _check_rule(
    name: str, document: Document, place: KeyPath, library: Library, known: set[str], problems: Problems
) -> None:
    """A fault where no rule of the plugin or of the packs it uses bears the name."""
    spoilt = library.space.spoilt
    full = full_rule(name, library.plugin.id)
    if full in known or spoilt.holds("rule", full):
        return
    rules = spoilt.among("rule", sorted(known))
    near = nearest_rule(full, rules)
    if near:
        remedy = f"did you mean {near if full == name else near.removeprefix(f'{library.plugin.id}/')}?"
    elif full.rpartition("/")[0] in {rule.rpartition("/")[0] for rule in rules}:
        remedy = "correct the name, or write the rule"
    else:
        remedy = "name a rule as policy/rule, one of a pack that the manifest uses as pack/policy/rule"
    problems.add(document, place, f"no rule is named {name}", remedy)


def _apply(raw: Mapping[str, Any], data: dict[str, Any], document: Document, index: int, problems: Problems) -> None:
    """Make a case's changes and removals in an encounter; those that cannot be made go to `problems`."""
    for path, value in raw.get("change", {}).items():
        try:
            put_fact(data, path, value)
        except FactPathError as error:
            problems.add(document, ("cases", index, "change", path), str(error), "correct the path")
    for position, path in enumerate(raw.get("remove", ())):
        if not drop_fact(data, path):
            what = f"the encounter has no fact {path} that could be removed"
            problems.add(document, ("cases", index, "remove", position), what, "correct the path, or leave it out")


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
