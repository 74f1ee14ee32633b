"""Which findings a rule can come to at all."""

from __future__ import annotations

from crosspayer.engine.bind import rule_nodes
from crosspayer.engine.scope import SAID
from crosspayer.language.tree import FactRef, ParameterRef
from crosspayer.policy.model import Payer, Rule


def outcomes(rule: Rule, payer: Payer) -> tuple[str, ...]:
    """`pass`, `fail` and `open`; not `open` where the rule asks only who answers, which every answer says.

    A payer with plans answers for each of them where the encounter names none.
    """
    asked = [node for node in rule_nodes(rule) if isinstance(node, (FactRef, ParameterRef))]
    settled = all(isinstance(node, FactRef) and node.fact.path in SAID and node.of == "coverage" for node in asked)
    return ("pass", "fail") if settled and asked and payer.plans else ("pass", "fail", "open")
