"""The rules that speak of one code under one plan on one day, with everything about them that no encounter changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from crosspayer.determination.model import Silence
from crosspayer.engine.bind import BoundRule, rule_nodes
from crosspayer.engine.program import Program
from crosspayer.language.tree import FactRef, LookUp, ParameterRef, TableCodes, walk
from crosspayer.policy.model import Cap, Payer, Policy, Rule
from crosspayer.policy.tables import Table, TableView
from crosspayer.timed.settings import TimedSettings

UNSPOKEN = ""
"""Stands for every code that no rule judges and no policy lists."""


@dataclass(frozen=True, slots=True, eq=False)
class Panel:
    """Who speaks: `rules` in order of their ids, those whose day is unknown in `late`.

    `in_policy` says whether the code is one the payer has rules of its own for, not only pairs and caps that reach
    lines of other codes. `policies` and `tables` are the documents behind the rules, by id, with their digests.
    """

    rules: tuple[BoundRule, ...]
    late: tuple[BoundRule, ...]
    in_policy: bool
    lapsed: bool  # the payer has rules of its own for the code, but none in force on the day
    dormant: bool  # a policy speaks of the code, though none of its rules is in force
    elsewhere: bool  # a policy speaks of the code, if only for other plans
    policies: dict[str, str]
    tables: dict[str, str]
    current_through: str | None
    timed: TimedSettings | None

    def silent(self, silence: Silence | None) -> Silence:
        """Which silence it is where no rule speaks; `silence` is the one of the plan."""
        if self.dormant:
            return "policy_not_in_force"
        return "plan_not_known" if silence == "plan_not_known" and self.elsewhere else "no_policy_for_code"


def panel(payer: Payer, program: Program, plan: str | None, code: str | None) -> Panel:
    """The panel, made once for each program, plan and code.

    Codes that nothing speaks of share one, and so do plans that the payer does not know: an encounter can name as many
    as it likes, and the panels that are kept stay few.
    """
    if code not in program.codes and code is not None:
        code = UNSPOKEN
    if plan is not None and all(known.id != plan for known in payer.plans):
        plan = None
    key = (plan, code)
    found = program.panels.get(key)
    if found is None:
        found = program.panels[key] = _seat(payer, program, plan, code)
    return found


def _seat(payer: Payer, program: Program, plan: str | None, code: str | None) -> Panel:
    fitting = [bound for bound in program.rules if _speaks(bound, plan)]
    speaking = sorted((b for b in fitting if code is None or code in b.judges), key=lambda b: b.rule.id)
    own = [bound for bound in speaking if _in_policy(bound, code, payer)]
    late = [bound for bound in program.undated if _speaks(bound, plan) and _in_policy(bound, code, payer)]
    rules = [bound.rule for bound in (*speaking, *late)]
    named = {rule.policy for rule in rules}
    through = min((_current_through(rule) for rule in rules), default=date.max)
    return Panel(
        rules=tuple(speaking),
        late=tuple(late),
        in_policy=bool(own or late),
        lapsed=_lapsed(payer, program, own, plan, code),
        elsewhere=any(code in p.codes for p in payer.policies),
        dormant=any(code in p.codes and (p.plans is None or plan in p.plans) for p in payer.policies),
        policies={p.id: p.digest for p in sorted(payer.policies, key=_id) if p.id in named},
        tables=dict(sorted((name, t.digest) for rule in rules for name, t in _tables(rule).items())),
        current_through=through.isoformat() if through < date.max else None,
        timed=_timed(fitting),
    )


def _id(policy: Policy) -> str:
    return policy.id


def _speaks(bound: BoundRule, plan: str | None) -> bool:
    """A rule for named plans speaks only for those; one without plans also for an unknown plan."""
    return bound.rule.plans is None or plan in bound.rule.plans


def _in_policy(bound: BoundRule, code: str | None, payer: Payer) -> bool:
    """Whether the line is one the rule's policy is about, not only one the rule reaches."""
    return code is None or any(p.id == bound.rule.policy and code in p.codes for p in payer.policies)


def _lapsed(payer: Payer, program: Program, own: list[BoundRule], plan: str | None, code: str | None) -> bool:
    """Whether only packs speak on this day, though the payer's own policies speak of the code on others."""
    mine = {p.id for p in payer.policies if p.id.startswith(f"{payer.id}/") and (code is None or code in p.codes)}
    fitting = [r for r in payer.rules if r.policy in mine and not r.off and (r.plans is None or plan in r.plans)]
    now = [bound for bound in (*own, *program.undated) if bound.rule.policy in mine]
    return bool(fitting) and not now


def _tables(rule: Rule) -> dict[str, Table]:
    nodes = list(rule_nodes(rule))
    found: list[object] = [node.table for node in nodes if isinstance(node, (TableCodes, LookUp))]
    found += [node.timed.codes for node in nodes if isinstance(node, FactRef) and node.timed is not None]
    found += [rule.judges, rule.require.codes if isinstance(rule.require, Cap) else None]
    return {table.id: table for table in found if isinstance(table, Table)}


def _current_through(rule: Rule) -> date:
    """The last day for which everything the rule uses is known."""
    ends = [rule.span.last]
    for node in rule_nodes(rule):
        if isinstance(node, ParameterRef) and not rule.parameters[node.name].open_ended:
            ends.append(rule.parameters[node.name].values[-1].span.last)
    ends += [table.covers_to for table in _tables(rule).values() if table.covers_to is not None]
    return min(ends)


def _timed(rules: Iterable[BoundRule]) -> TimedSettings | None:
    """How minutes are counted, by the first rule that counts them."""
    for bound in rules:
        roots = [bound.when] if bound.when is not None else []
        for root in (*roots, bound.require.at_most if isinstance(bound.require, Cap) else bound.require):
            for node in walk(root):
                if isinstance(node, FactRef) and node.timed is not None:
                    assert isinstance(node.timed.codes, TableView)
                    return node.timed
    return None
