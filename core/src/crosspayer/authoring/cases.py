"""Cases: encounters with the findings they must get, run against the rules of an installation."""

from __future__ import annotations

import copy
import itertools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError, nearest
from crosspayer.language.names import suggestion
from crosspayer.plugins.assemble import Library, assemble
from crosspayer.policy.documents import Document, Problems, ValidatedDigests
from crosspayer.policy.model import Payer
from crosspayer.policy.parts import read_parts

_STEP = re.compile(r"([A-Za-z0-9_-]+)|\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Case:
    """One case with its encounter worked out: the base, its changes and removals applied."""

    id: str
    rule: str  # full rule id
    origin: str
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


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case and how the answer differs from what it expects; no differences means it passed."""

    case: Case
    differences: tuple[str, ...] = field(default_factory=tuple)


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
                    if k not in ("change", "remove", "missing", "effect", "payable", "verdict", "note")
                }
            merged |= {k: raw[k] for k in ("missing", "effect", "payable", "verdict") if k in raw}
            base = encounters.get(merged.get("encounter", ""))
            if base is None:
                name = merged.get("encounter", "")
                if "encounter" in raw and not spoilt.holds("encounter", name):
                    what = f"no encounter of this file is named {name}"
                    problems.add(document, ("cases", index, "encounter"), what, suggestion(name, encounters))
                continue
            rule = full_rule(merged.get("rule", ""), library.plugin.id, known)
            if rule is None:
                name = merged.get("rule", "")
                rule = f"{library.plugin.id}/{name}"
                if "rule" in raw and not spoilt.holds("rule", rule):
                    near = nearest(name, [full.partition("/")[2] for full in spoilt.among("rule", sorted(known))])
                    remedy = f"did you mean {near}?" if near else "name a rule as policy/rule"
                    problems.add(document, ("cases", index, "rule"), f"no rule is named {name}", remedy)
                spoilt.add("rule", rule)  # told once
            data = copy.deepcopy(dict(base))
            for step in reversed(chain):
                for path, value in step.get("change", {}).items():
                    _put(data, path, value)
                for path in step.get("remove", ()):
                    _drop(data, path)
            yield Case(
                id=raw["id"],
                rule=rule,
                origin=document.origin,
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
            )


def rule_ids(library: Library) -> set[str]:
    """The full ids of a plugin's own rules."""
    return {f"{policy.data['id']}/{rule['id']}" for policy in library.policies for rule in policy.data["rules"]}


def full_rule(name: str, plugin: str, known: set[str]) -> str | None:
    """`units/modifier` of a plugin is `<plugin>/units/modifier`; a pack's rule is given in full."""
    if f"{plugin}/{name}" in known:
        return f"{plugin}/{name}"
    return name if name.count("/") == 2 else None


def steps_of(path: str) -> list[str | int]:
    """The keys and indexes of a fact's full path, as in `lines[0].units`."""
    return [int(index) if index else name for name, index in _STEP.findall(path)]


def _put(data: Any, path: str, value: Any) -> None:
    steps = steps_of(path)
    for step, following in itertools.pairwise(steps):
        if isinstance(step, int):
            while len(data) <= step:
                data.append({})
            data = data[step]
        else:
            data = data.setdefault(step, [] if isinstance(following, int) else {})
    last = steps[-1]
    if isinstance(last, int) and last == len(data):
        data.append(value)
    else:
        data[last] = value


def _drop(data: Any, path: str) -> None:
    steps = steps_of(path)
    for step in steps[:-1]:
        if isinstance(step, str) and (not isinstance(data, dict) or step not in data):
            return
        data = data[step]
    if isinstance(data, dict):
        data.pop(steps[-1], None)
    else:
        del data[steps[-1]]


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
    numbers = {d.line for d in answer.determinations}
    line = case.line if case.line is not None else min(numbers, default=1)
    mine = [d for d in answer.determinations if d.payer == case.payer and d.line == line]
    if case.plan is not None:
        mine = [d for d in mine if d.plan == case.plan or case.plan in d.plans or (d.plan is None and not d.plans)]
    if not mine:
        return CaseResult(case, ("the payer gives no determination of the line",))
    return CaseResult(case, tuple(_differences(case, mine[0])))


def _differences(case: Case, determination: Determination) -> Iterator[str]:
    found = [f for f in (*determination.findings, *determination.deferred) if f.rule == case.rule]
    finding: Finding | None = found[0] if found else None
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
    if case.verdict is not None and determination.verdict != case.verdict:
        yield f"expected the verdict {case.verdict}, got {determination.verdict}"
