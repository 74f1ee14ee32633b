"""From policy documents to typed rules, for the plugin itself or for a payer that opts into its pack."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.language.names import Names, RawCondition, cents, literal, suggestion
from crosspayer.language.parse import Parser
from crosspayer.language.tree import Condition
from crosspayer.policy.dating import ALWAYS, Span, day_after
from crosspayer.policy.documents import Document, Problems
from crosspayer.policy.grades import Standing, weakest
from crosspayer.policy.model import Adjustment, Branch, Cap, Parameter, ParameterValue, Policy, Rule, Source
from crosspayer.policy.namespace import DEFAULT_CONFIDENCE, Namespace, span_of
from crosspayer.policy.pairs import pair_condition
from crosspayer.policy.tables import Table
from crosspayer.policy.vocabulary import Confidence, Effect
from crosspayer.timed.settings import TimedSettings

Path = tuple[str | int, ...]
TIMED_KEYS = ("pool_by", "method", "assistant_rule", "training_codes")


@dataclass(frozen=True, slots=True)
class Override:
    """What a payer says otherwise when it uses a pack's rules; `document` and `path` are where it says so."""

    raw: Mapping[str, Any]
    cites: tuple[Source, ...]
    document: Document
    path: Path


def load_policy(
    document: Document,
    space: Namespace,
    payer_facts: Mapping[str, Fact],
    problems: Problems,
    override: Override | None = None,
) -> tuple[Policy, list[Rule]]:
    """The policy and its rules; with `override`, only the rules a payer uses, as it uses them."""
    return _Loader(document, space, payer_facts, problems, override).load()


def check_unused(
    documents: Iterable[Document], space: Namespace, payer_facts: Mapping[str, Fact], problems: Problems
) -> None:
    """Check the named conditions that no rule of a plugin looked into, as a rule of their own policy would use them."""
    for document in documents:
        for name in document.data.get("conditions", {}):
            if name not in space.used:
                loader = _Loader(document, space, payer_facts, problems, None)
                names = replace(loader.names, timed_known=False, parsed={})  # the policy that will use it may say it
                Parser(names, loader.report, used=space.used).condition({"condition": name}, ())


class _Loader:
    def __init__(
        self,
        document: Document,
        space: Namespace,
        payer_facts: Mapping[str, Fact],
        problems: Problems,
        override: Override | None,
    ) -> None:
        self.document, self.space, self.problems, self.override = document, space, problems, override
        self.raw = document.data
        self.changed: Mapping[str, Any] = override.raw if override else {}
        self.report = problems.at(document)
        self.parameters = dict(space.parameters)
        timed = self._timed(self.raw.get("timed"))
        timed = self._set(timed)
        self.names = Names(
            {**CATALOGUE, **payer_facts},
            {p.name: (p.type, p.unit) for p in self.parameters.values()},
            space.tables,
            {
                name: RawCondition(found.raw, found.path, problems.at(found.document))
                for name, found in space.conditions.items()
            },
            timed,
            timed_known=timed is not None or not space.spoilt.holds("timed", document.origin),
            spoilt=space.spoilt,
        )

    def load(self) -> tuple[Policy, list[Rule]]:
        raw = self.raw
        self.span = span_of(raw)
        if self.span.last < self.span.first:
            self._fault(("to",), "the policy ends before it begins", "correct from and to")
            self.span = ALWAYS
        plans = self.changed.get("plans", raw.get("plans"))
        codes = frozenset(self.changed.get("codes", raw["codes"]))
        self.plans = frozenset(plans) if plans is not None else None
        policy = Policy(raw["id"], raw.get("title", ""), self.plans, codes, self.span, self.document.digest)
        wanted = self.changed.get("rules")
        known = [rule["id"] for rule in raw["rules"]]
        for index, name in enumerate(wanted or ()):
            if name not in known and not self.space.spoilt.holds("rule", f"{raw['id']}/{name}"):
                assert self.override is not None
                place = (*self.override.path, "rules", index)
                what = f"{raw['id']} has no rule {name}"
                self.problems.add(self.override.document, place, what, suggestion(name, tuple(known)))
        rules = list[tuple[int, Rule]]()
        for index, rule in enumerate(raw["rules"]):
            if wanted is None or rule["id"] in wanted:
                loaded = self._rule(rule, ("rules", index), policy)
                if loaded is None:
                    self.space.spoilt.add("rule", f"{policy.id}/{rule['id']}")
                else:
                    rules.append((index, loaded))
        self._dates_in_order(rules)
        return policy, [rule for _, rule in rules]

    # --- settings a payer may change

    def _timed(self, raw: Mapping[str, Any] | None) -> TimedSettings | None:
        if raw is None:
            return None
        codes = self._codes(raw["codes"], ("timed", "codes"))
        if not isinstance(codes, Table):  # the schema asks for one: it is not known, and that is reported
            self.space.spoilt.add("timed", self.document.origin)
            return None
        method: Any = raw.get("method")
        return TimedSettings(
            codes,
            raw.get("pool_by", "discipline"),
            method if method in ("cms_total", "ama_midpoint") else "by_contract",  # the only fact the schema allows
            raw.get("assistant_rule", "midpoint"),
            frozenset(raw.get("training_codes", ())),
        )

    def _set(self, timed: TimedSettings | None) -> TimedSettings | None:
        for name, value in self.changed.get("set", {}).items():
            assert self.override is not None
            place = (*self.override.path, "set", name)
            if name in TIMED_KEYS and timed is not None:
                settings = {key: getattr(timed, key) for key in TIMED_KEYS}
                if name == "training_codes":
                    settings[name] = frozenset(value)
                else:
                    settings[name] = value if isinstance(value, str) else "by_contract"
                timed = replace(timed, **settings)
                continue
            parameter = self.parameters.get(name)
            if parameter is None:
                known = (*self.parameters, *TIMED_KEYS)
                if not self.space.spoilt.holds("parameter", name):
                    what = f"{self.raw['id']} has no setting {name}"
                    self.problems.add(self.override.document, place, what, suggestion(name, known))
                continue
            typed = cents(value) if parameter.type is Type.MONEY else literal(value, parameter.type)
            if typed is None:
                what = f"the value cannot be {parameter.type.article} {parameter.type.value}"
                self.problems.add(self.override.document, place, what, "correct the value")
                continue
            confidence = self.changed.get("confidence", DEFAULT_CONFIDENCE)
            own = ParameterValue(ALWAYS, typed, self.override.cites, confidence)
            self.parameters[name] = Parameter(name, parameter.type, parameter.unit, (own,), True)
        return timed

    # --- one rule

    def _rule(self, raw: Mapping[str, Any], path: Path, policy: Policy) -> Rule | None:
        before = len(self.problems.found)
        by_day = raw.get("scope", "line") == "day"
        parser = Parser(self.names, self.report, line=not by_day, used=self.space.used)
        when = parser.condition(raw["when"], (*path, "when")) if "when" in raw else None
        judges: frozenset[str] | Table = policy.codes
        if "judges" in raw:
            judges = self._codes(raw["judges"], (*path, "judges"))
        require: Condition | Cap | None
        if "cap" in raw:
            require = self._cap(raw["cap"], (*path, "cap"), parser)
            judges = require.codes if require and require.codes is not None else judges  # type: ignore[assignment]
        elif "pair" in raw:
            judges, require = pair_condition(raw["pair"], (*path, "pair"), parser, self.names, self.report)
        else:
            require = parser.condition(raw["require"], (*path, "require"))
        for form in ("cap", "pair"):
            if by_day and form in raw:
                self._fault((*path, "scope"), f"a {form} judges lines, not the day", "leave scope out")
        effect = self.changed.get("effect", raw.get("effect"))
        branches = () if "effect" in self.changed else self._branches(raw, path, parser)
        if effect is None and not (branches and branches[-1].when is None):
            self._fault(
                path, "the rule has no effect that always holds", "give it an effect, or a last otherwise without when"
            )
        if effect is None and branches and "adjustment" in raw:
            what = "the adjustment is never reported, because a branch always gives the effect"
            self._fault((*path, "adjustment"), what, "move it to the branches that it belongs to")
        if "instead_of" in raw and raw.get("effect") not in ("warn", "inform"):
            what = "only a rule that warns or informs stands for a stronger one"
            self._fault((*path, "instead_of"), what, "leave it out, or weaken the effect")
        if "cap" in raw and effect not in ("reduce_units", "warn", "inform", "review"):
            self._fault(
                (*path, "effect"), "a cap reduces units", 'use effect = "reduce_units", or warn, inform, review'
            )
        if "cap" not in raw and "reduce_units" in (effect, *(b.effect for b in branches)):
            self._fault((*path, "effect"), "only a cap can reduce units", "write the limit as a cap")
        cites = self.space.cited(raw["cites"], self.document, (*path, "cites"), self.problems)
        see_also = self.space.cited(raw.get("see_also", []), self.document, (*path, "see_also"), self.problems)
        confidence = raw.get("confidence", DEFAULT_CONFIDENCE)
        if self.override is not None and self.override.cites:
            see_also, cites = (*cites, *see_also), self.override.cites
            confidence = self.changed.get("confidence", DEFAULT_CONFIDENCE)
        self._strong_enough(effect, branches, cites, confidence, path)
        span = self._span(raw, path)
        plans = frozenset(raw["plans"]) if "plans" in raw else self.plans
        if self.plans is not None and plans is not None and not plans <= self.plans:
            self._fault(
                (*path, "plans"), "the rule names a plan its policy does not speak for", "narrow the policy's plans"
            )
        adjustment = self._adjustment(raw.get("adjustment"), path, cites)
        compare = raw.get("compare", [])
        topics: list[Any] = [compare] if isinstance(compare, str) else compare
        if len(self.problems.found) > before or span is None or require is None:
            return None
        return Rule(
            id=f"{policy.id}/{raw['id']}",
            policy=policy.id,
            title=raw.get("title", ""),
            topic=raw["topic"],
            effect=effect,
            instead_of=raw.get("instead_of"),
            cites=cites,
            see_also=see_also,
            confidence=confidence,
            when=when,
            require=require,
            span=span,
            dated_by=raw.get("dated_by", "service_date"),
            plans=plans,
            judges=judges,
            by_day=by_day,
            stage=raw.get("stage", "order"),
            grants=raw.get("grants"),
            remedy=raw.get("remedy", ""),
            notes=raw.get("notes", ""),
            adjustment=adjustment,
            branches=branches,
            carries=tuple(self.changed.get("carries", raw.get("carries", ()))),
            compare=tuple(topics),
            off=raw.get("off", ""),
            loser="pair" in raw or "cap" in raw,
            parameters=self.parameters,
            sources=self.space.sources_by_id(),
        )

    def _span(self, raw: Mapping[str, Any], path: Path) -> Span | None:
        own = span_of(raw)
        if own.last < own.first:
            self._fault((*path, "to"), "the rule ends before it begins", "correct from and to")
            return None
        span = self.span.meets(own)
        if span is None:
            self._fault(path, "the rule is never in force while its policy is", "correct from and to")
            return None
        used = span.meets(span_of(self.changed))
        if used is None:
            assert self.override is not None
            what = "the rules are never in force on these days"
            self.problems.add(self.override.document, self.override.path, what, "correct from and to")
        return used

    def _branches(self, raw: Mapping[str, Any], path: Path, parser: Parser) -> tuple[Branch, ...]:
        found = []
        written = raw.get("otherwise", [])
        for index, branch in enumerate(written):
            place = (*path, "otherwise", index)
            when = None
            if "when" in branch:
                when = parser.condition(branch["when"], (*place, "when"))
            elif index < len(written) - 1:
                self._fault(
                    place, "the branches after this one can never be reached", "put the branch without when last"
                )
            cites = self.space.cited(raw["cites"], self.document, (*path, "cites"), Problems())
            adjustment = self._adjustment(branch.get("adjustment"), place, cites)
            found.append(Branch(when, branch["effect"], branch.get("remedy", raw.get("remedy", "")), adjustment))
        return tuple(found)

    def _adjustment(self, raw: Mapping[str, Any] | None, path: Path, cites: tuple[Source, ...]) -> Adjustment | None:
        if raw is None:
            return None
        own = self.space.cited(raw.get("cites", []), self.document, (*path, "adjustment", "cites"), self.problems)
        return Adjustment(raw.get("group", ""), raw["carc"], raw.get("rarc", ""), own or cites)

    def _strong_enough(
        self,
        effect: Effect | None,
        branches: tuple[Branch, ...],
        cites: tuple[Source, ...],
        confidence: Confidence,
        path: Path,
    ) -> None:
        if not cites:
            return
        standing = weakest(Standing(source.grade, confidence) for source in cites)
        for wanted in (effect, *(branch.effect for branch in branches)):
            if wanted is None or standing.effect(wanted) == wanted:
                continue
            allowed = standing.effect("not_covered")
            what = f"sources graded {standing.grade} with {standing.confidence} confidence cannot carry {wanted}"
            if self.override is not None:
                place = (*self.override.path, "effect") if "effect" in self.changed else self.override.path
                self.problems.add(self.override.document, place, what, f"use {allowed}, or a better source")
            else:
                self._fault((*path, "effect"), what, f"use {allowed}, or a better source")
            return

    # --- caps

    def _cap(self, raw: Mapping[str, Any], path: Path, parser: Parser) -> Cap | None:
        units_of = raw["units_of"]
        codes: Table | frozenset[str] | None = None
        where: Condition | None = None
        if "where" in units_of:
            where = parser.condition(units_of["where"], (*path, "units_of", "where"))
        if "codes" in units_of or "table" in units_of:
            codes = self._codes(units_of.get("codes", units_of), (*path, "units_of"))
        elif where is None:
            return None
        limit = parser.operand(raw["at_most"], (*path, "at_most"), (Type.INTEGER, "units"))
        if limit is None:
            return None
        per = tuple(part for part in raw.get("per", ["day"]) if part != "day")
        return Cap(codes, where, per, limit, raw.get("keep_first_by", "line.number") == "-line.charge")

    def _codes(self, raw: Any, path: Path) -> Table | frozenset[str]:
        if isinstance(raw, Mapping):
            table = self.space.tables.get(raw["table"])
            if table is None:
                if not self.space.spoilt.holds("table", raw["table"]):
                    what = f"no table is named {raw['table']}"
                    known = self.space.spoilt.among("table", self.space.tables)
                    self._fault((*path, "table"), what, suggestion(raw["table"], known))
                return frozenset()
            if [table.columns[name].type for name in table.key] != [Type.CODE]:
                self._fault(
                    (*path, "table"), f"{table.id} is not a list of codes", "name a table with one key column, of codes"
                )
            return table
        return frozenset(raw)

    # --- helpers

    def _fault(self, path: Path, what: str, remedy: str) -> None:
        self.problems.add(self.document, path, what, remedy)

    def _dates_in_order(self, rules: list[tuple[int, Rule]]) -> None:
        """Rules of one id are versions of each other: they may not overlap nor leave a gap between them.

        `rules` come with their index in the document.
        """
        by_id: dict[str, list[tuple[Span, int]]] = {}
        for index, rule in rules:
            by_id.setdefault(rule.id, []).append((rule.span, index))
        for name, versions in by_id.items():
            if self.space.spoilt.holds("rule", name):  # a version with faults of its own may fill the gap
                continue
            versions.sort()
            latest = versions[0]
            for version in versions[1:]:
                self._follow(name.rpartition("/")[2], latest, version)
                latest = max(latest, version, key=lambda one: one[0].last)

    def _follow(self, name: str, before: tuple[Span, int], after: tuple[Span, int]) -> None:
        """A fault at the second of two rules of one name in the document, unless they follow each other in time."""
        days = before[0].meets(after[0])
        if not days and after[0].first == day_after(before[0].last):
            return
        first, second = sorted((before[1], after[1]))
        place = self.problems.place(self.document, ("rules", first, "id"))
        remedy = "correct their from and to, or rename one"
        if days and all({"from", "to"} & self.raw["rules"][index].keys() for index in (first, second)):
            what = f"this version of {name} and the one at {place} are both in force {_days(days)}"
        elif days:
            what = f"a rule has the id {name} already, at {place}"
            remedy = "rename one, or date them one after the other if they are versions of one rule"
        else:
            what = f"no version of {name} is in force between this one and the one at {place}"
        self._fault(("rules", second, "id"), what, remedy)


def _days(span: Span) -> str:
    """`from 2026-01-01 to 2026-03-31`, leaving out a bound that there is none of."""
    bounds = [f"from {span.first}"] if span.first > date.min else []
    bounds += [f"to {span.last}"] if span.last < date.max else []
    return " ".join(bounds) or "always"
