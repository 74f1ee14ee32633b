"""A profile to fill in: every fact that rules of the loaded payers read and that may stand in a profile.

Everything is commented out, and every value is "?", which no fact may be: a line taken in without an answer is refused
with its place.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping

import tomli_w

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.engine.bind import rule_nodes
from crosspayer.language.sentences import meaning
from crosspayer.language.tree import FactRef
from crosspayer.policy.model import Payer, Rule

WIDTH = 110
BEHIND = {
    "coverage.benefit.visits_within_limit": ("coverage.benefit.has_visit_limit", "coverage.benefit.visit_limit"),
}
"""The facts of a profile that a derived fact rests on; how minutes are counted is said by a policy's settings."""
HEAD = """\
# Facts of our contracts, plans and practice. They hold where an encounter does not say them itself.
#
# Take the # away from what you know and put the answer in the place of "?". What stays commented out is unknown, and
# is asked for where it matters. An entry needs its [[entries]] line and at least one fact; copy it as often as you
# need, with any of these keys, to say for which encounters it holds. The entry with most keys speaks.
#
#   payer, plan       ids as crosspayer plugins list shows them; a plan needs its payer
#   billing_npi       NPI of the billing provider, ten digits in double quotes
#   rendering_npi     NPI of the rendering provider
#   state             state of the billing provider, two capital letters
#   from, to          first and last day of service, as in 2026-01-31

format = 1
"""


def template(payers: Mapping[str, Payer]) -> str:
    """The template's text, TOML."""
    read = {name: facts_read(payer) for name, payer in payers.items()}
    every = {fact.path: fact for facts in read.values() for fact in facts}
    parts = [HEAD]
    practice = [fact for fact in _ordered(every.values()) if fact.holds_for == "practice"]
    if practice:
        parts.append(_section("The practice, whoever pays", [], practice))
    provider = [fact for fact in _ordered(every.values()) if fact.holds_for == "provider"]
    if provider:
        parts.append(_section("One entry for each provider", [_given("rendering_npi", "?", "ten digits")], provider))
    for name, payer in payers.items():
        contract = [fact for fact in _ordered(read[name]) if fact.holds_for == "contract"]
        if contract:
            plans = ", ".join(plan.id for plan in payer.plans)
            keys = [_assigned("payer", name), _given("plan", "?", f"leave it out for all plans: {plans}")]
            parts.append(_section(f"Contracts with {' '.join(payer.name.split())}", keys[: 1 + bool(plans)], contract))
    return "\n".join(parts)


def facts_read(payer: Payer) -> list[Fact]:
    """The facts that rules of the payer in any year read and that may stand in a profile."""
    found = {fact.path: fact for rule in payer.rules if not rule.off for fact in _read_by(rule)}
    return [fact for fact in found.values() if fact.holds_for != "visit"]


def _read_by(rule: Rule) -> Iterator[Fact]:
    for node in rule_nodes(rule):
        if isinstance(node, FactRef):
            yield node.fact
            if node.fact.falls_back_to:
                yield CATALOGUE[node.fact.falls_back_to]
            yield from (CATALOGUE[path] for path in BEHIND.get(node.fact.path, ()))
            if node.timed is not None and node.timed.method == "by_contract":
                yield CATALOGUE["coverage.unit_method"]


def _ordered(facts: Iterable[Fact]) -> list[Fact]:
    """In the catalogue's order, a payer's own facts after them."""
    places = {path: place for place, path in enumerate(CATALOGUE)}
    return sorted(facts, key=lambda fact: (places.get(fact.path, len(places)), fact.path))


def _section(title: str, keys: list[str], facts: list[Fact]) -> str:
    lines = [f"# --- {title}", "", "# [[entries]]", *keys]
    for fact in facts:
        lines += ["#", *_question(fact), _assigned(f"facts.{fact.path}", "?")]
    return "\n".join(lines) + "\n"


def _question(fact: Fact) -> list[str]:
    """What the fact says and what may stand there, as comments that stay comments when one # is taken away."""
    said = meaning(fact)
    text = f"{said[0].upper()}{said[1:]}: {_answers(fact)} (ask: {fact.ask.value.replace('_', ' ')})"
    return textwrap.wrap(
        text, WIDTH, initial_indent="# # ", subsequent_indent="# # ", break_long_words=False, break_on_hyphens=False
    )


def _answers(fact: Fact) -> str:
    match fact.type:
        case Type.BOOLEAN:
            return "true or false"
        case Type.WORD:
            return " or ".join(f'"{word}"' for word in fact.words)
        case Type.INTEGER | Type.MONEY:
            return f"a number, in {fact.unit}" if fact.unit else "a number"
        case Type.DATE:
            return "a day, as in 2026-01-31"
        case Type.CODES:
            return 'codes, as in ["A", "B"]'
        case _:
            return "text in double quotes"


def _assigned(key: str, value: str) -> str:
    """`# key = "value"`; a dotted key is written as it stands."""
    return f"# {key} = {tomli_w.dumps({'value': value}).removeprefix('value = ').strip()}"


def _given(key: str, value: str, hint: str) -> str:
    return f"{_assigned(key, value)}  # {hint}"
