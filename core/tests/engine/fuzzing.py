"""The differential fuzzer: the same drawn policies and encounters through interpreter and compiled form, byte for byte.

`python -m core.tests.engine.fuzzing SEEDS` runs it for long and prints how often each node was true, false and unknown.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import Any

import tomli_w
from crosspayer.determination.model import Answer
from crosspayer.encounter.read import Encounter
from crosspayer.engine import interpret, judge
from crosspayer.engine.decision import Decision
from crosspayer.engine.engine import Engine
from crosspayer.engine.scope import Scope
from crosspayer.engine.truth import Decided
from crosspayer.language.operators import OPERATORS
from crosspayer.language.tree import Compare, Condition, LookUp, Quantifier, TableCodes
from crosspayer.plugins.assemble import payer_facts
from crosspayer.policy.documents import Document, Problems
from crosspayer.policy.model import Payer, Plan
from crosspayer.policy.namespace import TableDocument, load_namespace
from crosspayer.policy.rules import load_policy

from core.tests.engine.drawing import MANIFEST, SOURCES, TABLES, Raw
from core.tests.engine.policies import DrawClosed, DrawNumbers, DrawPolicy

NUMBERED = ("at_most", "at_least", "more_than", "less_than")
LISTED = ("all_of", "any_of", "none_of")
Tally = Counter[tuple[str, bool | None]]


def table_document(name: str) -> Raw:
    """A table of the drawn policies as a document."""
    return {"format": 1, "id": name, "title": f"Invented {name}", "cites": ["primary"], **TABLES[name]}


def payer_of(policy: Raw, name: str = "acme") -> Payer:
    """The invented payer with this policy, loaded from documents as a plugin's files would be."""
    problems = Problems()
    tables = [TableDocument(_document(f"{name}.toml", table_document(name))) for name in TABLES]
    document = _document("policy.toml", policy)
    manifest = _document("payer.toml", {**MANIFEST, "id": name})
    space = load_namespace(name, _document("sources.toml", SOURCES), tables, [document], problems)
    facts = payer_facts(manifest, name)
    loaded, rules = load_policy(document, space, facts, problems)
    problems.check()
    plans = tuple(Plan(raw["id"], raw["name"], "") for raw in MANIFEST["plans"])
    return Payer(
        name, f"{name.title()} Health", f"crosspayer-{name}", "1", plans, (loaded,), tuple(rules),
        {table.id: table for table in space.tables.values()}, space.sources_by_id(), facts, {},
    )  # fmt: skip


def rival_of(policy: Raw, random: Random) -> Raw:
    """A second payer's policy: most of the same rules, many with other numbers, so that some are written together."""

    def moved(node: Any) -> Any:
        match node:
            case dict():
                return {key: moved(inner) if key in NUMBERED or key in LISTED else inner for key, inner in node.items()}
            case list():
                return [moved(inner) for inner in node]
            case int() if not isinstance(node, bool) and random.random() < 0.6:
                return node + random.randint(0, 3)
        return node

    kept = [rule for rule in policy["rules"] if "payer_facts" not in str(rule) and random.random() < 0.8]
    rules = [{**rule, **{key: moved(rule[key]) for key in ("when", "require") if key in rule}} for rule in kept]
    return {**policy, "id": "other/drawn", "rules": rules}


def _document(name: str, data: Raw) -> Document:
    return Document(name, tomli_w.dumps(data), data, f"sha256:{name}")


@dataclass(slots=True)
class Report:
    """What a run saw: how many findings were compared, where the executions differed, what was drawn."""

    findings: int = 0
    differences: list[str] = field(default_factory=list)
    drawn: Tally = field(default_factory=Counter)

    def never_drawn(self) -> list[str]:
        """Operators and nodes that were not true, false and unknown at least once each."""
        wanted = [(name, truth) for name in NODES for truth in (True, False, None)]
        return [f"{name} {truth}" for name, truth in wanted if not self.drawn[name, truth]]

    def table(self) -> str:
        """How often each operator and node was true, false and unknown."""
        return "\n".join(
            f"{name:28}" + "".join(f"{self.drawn[name, truth]:>9}" for truth in (True, False, None)) for name in NODES
        )


QUANTIFIED = tuple(
    f"{kind} of {listed}" for kind in ("any", "every", "no") for listed in ("lines", "history", "coverages")
)
NODES = (
    *OPERATORS, "AllOf", "AnyOf", "NoneOf", "HasRow", "a cell", *QUANTIFIED,
    *(f"a {operand}" for operand in ("Days", "SumOfFacts", "SumOver", "CountOver")),
    *(f"{name} a table" for name in ("in", "not_in", "has_any_of", "has_all_of", "has_none_of")),
    *(f"{name} a table" for name in ("has_one_of", "has_only")),
)  # fmt: skip
"""Everything a run must have seen true, false and unknown."""


def names_of(node: Condition) -> Iterator[str]:
    """What a node counts as."""
    match node:
        case Compare(left, operator, right):
            yield operator
            yield "a cell" if isinstance(left, LookUp) else f"a {type(left).__name__}"
            if isinstance(right, TableCodes):
                yield f"{operator} a table"
        case Quantifier(kind, over):
            yield f"{kind} of {over.list}"
        case _:
            yield type(node).__name__


@contextmanager
def counted(tally: Tally) -> Iterator[None]:
    """Count what the interpreter decides, node by node."""
    plain = interpret.decide

    def decide(node: Condition, scope: Scope) -> Decided:
        found = plain(node, scope)
        for name in names_of(node):
            tally[name, found.truth] += 1
        return found

    for module in (interpret, judge):
        module.decide = decide  # type: ignore[attr-defined]
    try:
        yield
    finally:
        for module in (interpret, judge):
            module.decide = plain  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Sample:
    """What one seed gave: the policy's rules, payers, encounters, how they are asked, and the interpreter's answers."""

    seed: int
    rules: list[Raw]
    payers: list[Payer]
    encounters: list[Encounter]
    asked: dict[str, Any]
    expected: list[Answer]


def drawn(
    seed: int,
    *,
    rules: int = 24,
    encounters: int = 30,
    wanted: Callable[[Raw], bool] = lambda _: True,
    tally: Tally | None = None,
    kind: type[DrawPolicy] = DrawPolicy,
) -> Sample:
    """One policy, of it the wanted rules, with encounters and the interpreter's answers.

    Every third has a rival, and so has one that draws numbers.
    """
    draw = kind(seed)
    policy = draw.policy(rules)
    policy["rules"] = [rule for rule in policy["rules"] if wanted(rule)]
    payers = [payer_of(policy)]
    if seed % 3 == 2 or kind is DrawNumbers:
        payers.append(payer_of(rival_of(policy, Random(seed)), "other"))
    given = [Encounter.from_mapping(draw.encounter(f"e{index}")) for index in range(encounters)]
    asked: dict[str, Any] = draw.one(({}, {"payers": ["acme"]}, {"payers": ["acme"], "plans": ["acme/exchange"]}))
    with counted(tally if tally is not None else Counter()):
        expected = [Engine(payers, execution="interpreted").evaluate(one, **asked) for one in given]
    return Sample(seed, policy["rules"], payers, given, asked, expected)


def compare(sample: Sample) -> list[str]:
    """Where the compiled form differs from the interpreter: whole answers byte for byte, and decisions."""
    engine = Engine(sample.payers, execution="compiled")
    differences = []
    for one, want in zip(sample.encounters, sample.expected, strict=True):
        place = f"seed {sample.seed}, {one.id}"
        try:
            got, decided = engine.evaluate(one, **sample.asked), engine.decide(one, **sample.asked)
            traced = engine.decide(one, **sample.asked, trace=True)
        except Exception as error:
            differences.append(f"{place}: {type(error).__name__}: {error}")
            continue
        if got.to_json() != want.to_json():
            differences.append(f"{place}: {_first(want, got)}")
        if decided != tuple(map(Decision.of, want.determinations)):
            differences.append(f"{place}: decide: {_decisions(want, decided)}")
        if traced != tuple(Decision.of(one, trace=True) for one in want.determinations):
            differences.append(f"{place}: traced decisions differ")
    return differences


def _first(want: Answer, got: Answer) -> str:
    for a, b in zip(want.determinations, got.determinations, strict=False):
        for one, other in zip((*a.findings, *a.deferred), (*b.findings, *b.deferred), strict=False):
            if one != other:
                wanted, found = ((f.kind, f.facts, f.missing) for f in (one, other))
                return f"{one.rule}: expected {wanted}, got {found}"
    return "the determinations differ"


def _decisions(want: Answer, decided: tuple[Decision, ...]) -> str:
    for a, b in zip(map(Decision.of, want.determinations), decided, strict=False):
        if a != b:
            wrong = [(x, y) for x, y in zip(a.findings, b.findings, strict=False) if x != y]
            return f"expected {a.verdict} {len(a.findings)}, got {b.verdict} {len(b.findings)}; {wrong[:1]}"
    return "not as many"


def run(seeds: range, *, rules: int = 24, encounters: int = 30) -> Report:
    """Many seeds, added up; every fourth draws rules that closed facts decide, every fourth rules on numbers."""
    report = Report()
    for seed in seeds:
        kind = {1: DrawNumbers, 3: DrawClosed}.get(seed % 4, DrawPolicy)
        sample = drawn(seed, rules=rules, encounters=encounters, tally=report.drawn, kind=kind)
        report.findings += sum(len(d.findings) + len(d.deferred) for a in sample.expected for d in a.determinations)
        report.differences += compare(sample)
    return report


def main() -> int:
    """A long run from the shell; 1 if the executions differ or something was never drawn."""
    report = run(range(int(sys.argv[1]) if len(sys.argv) > 1 else 100))
    print(report.table())
    print(f"{report.findings} findings compared, {len(report.differences)} differences")
    for line in (*report.differences[:20], *(f"never drawn: {name}" for name in report.never_drawn())):
        print(line)
    return 1 if report.differences or report.never_drawn() else 0


if __name__ == "__main__":
    sys.exit(main())
