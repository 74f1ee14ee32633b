"""What the cases exercise: of every rule its findings, its otherwise-branches, and the days on which it changes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from crosspayer.authoring.coverage.bench import Bench, Trial
from crosspayer.authoring.coverage.days import changes
from crosspayer.authoring.coverage.outcomes import outcomes
from crosspayer.authoring.coverage.spots import Place, Written, branch_number
from crosspayer.engine.bind import rule_nodes
from crosspayer.language.tree import FactRef
from crosspayer.policy.model import Rule

Kind = Literal["finding", "branch", "day"]
KINDS: tuple[Kind, ...] = ("finding", "branch", "day")


@dataclass(frozen=True, slots=True)
class Goal:
    """One thing cases should exercise: `what` is a finding, `otherwise[1]`, `effect` (no branch fits) or a day.

    `whose` is the rule; of days it may be the policy or the parameter that begins, ends or changes. `rules` are those
    whose cases can exercise it, `case` says which case would.
    """

    whose: str
    rules: tuple[str, ...]
    kind: Kind
    what: str
    place: Place
    exercised: bool
    case: str


def goals(bench: Bench) -> list[Goal]:
    """Every goal of the plugin's own rules, in the order of the documents; none twice."""
    found: dict[tuple[str, Kind, str, Place | None], Goal] = {}
    for written in bench.rules:
        for goal in (*_findings(written, bench), *_branches(written, bench)):
            found.setdefault((goal.whose, goal.kind, goal.what, goal.place), goal)
    return [*found.values(), *_days(bench)]


def _days(bench: Bench) -> Iterator[Goal]:
    for change in changes(bench):
        dated = {trial.day_of(rule) for rule in change.rules for trial in bench.by_id[rule.id]}
        first, ids = change.rules[0], tuple(dict.fromkeys(rule.id for rule in change.rules))
        who = first.id if len(ids) == 1 else f"a rule such as {first.id}"
        for day, side in change.days:
            case = f"add a case of {who} with {first.dated_by} = {day}, {side}"
            yield Goal(change.whose, ids, "day", str(day), change.place, day in dated, case)


def _findings(written: Written, bench: Bench) -> Iterator[Goal]:
    rule = written.rule
    seen: set[str] = {trial.case.expect for trial in bench.by_rule[rule]}
    seen |= {trial.case.findings.get(rule.id, "") for trial in bench.trials if rule in trial.judged}
    hints = {
        "pass": "to which it applies and which meets it",
        "fail": "to which it applies and which does not meet it",
        "open": f"that leaves out a fact it needs{_needs(rule)}",
    }
    for kind in outcomes(rule, bench.payer):
        case = f'add a case of {rule.id} with expect = "{kind}": an encounter {hints[kind]}'
        yield Goal(rule.id, (rule.id,), "finding", kind, written.place, kind in seen, case)


def _needs(rule: Rule) -> str:
    """The first fact a rule asks for, as an example."""
    names = [node.name for node in rule_nodes(rule) if isinstance(node, FactRef)]
    return f", such as {names[0]}" if names else ""


def _branches(written: Written, bench: Bench) -> Iterator[Goal]:
    rule = written.rule
    if not rule.branches:
        return
    taken = {index for trial in bench.by_rule[rule] for index in _taken(trial, rule)}
    for index, branch in enumerate(rule.branches):
        when = "the first whose when holds" if branch.when is not None else "the one that is left"
        case = f"add a failing case of {rule.id} in which otherwise[{index}] is {when}, with effect = "
        yield Goal(
            rule.id, (rule.id,), "branch", f"otherwise[{index}]", written.at("otherwise", index), index in taken,
            f'{case}"{branch.effect}"',
        )  # fmt: skip
    if rule.branches[-1].when is not None:
        case = f'add a failing case of {rule.id} in which no branch fits, with effect = "{rule.effect}"'
        yield Goal(rule.id, (rule.id,), "branch", "effect", written.place, len(rule.branches) in taken, case)


def _taken(trial: Trial, rule: Rule) -> Iterator[int]:
    """The branch a failed finding came to: its index, or the number of branches where none fitted."""
    if trial.case.expect != "fail":
        return
    for index, branch in enumerate(rule.branches):
        truths = {True} if branch.when is None else trial.truths.get(branch_number(rule, index), set())
        if True in truths:
            yield index
        if False not in truths:
            return  # it fitted, or it is not known whether it did
    yield len(rule.branches)
