"""Random policies as documents: every condition, operator and right-hand side the language has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

from core.tests.engine import drawing
from core.tests.engine.drawing import CODES, DAY, Draw, Raw

Items = dict[str, str]  # name of an item in scope: its entity
ENTITY = {"lines": "line", "history": "past", "coverages": "coverage"}


class DrawPolicy(Draw):
    """Draws policies from one seed."""

    def policy(self, rules: int) -> Raw:
        """A policy document of so many rules."""
        return {
            "format": 1,
            "id": "acme/drawn",
            "title": "Drawn",
            "codes": list(CODES[:4]),
            "timed": {
                "codes": {"table": "timed-codes"},
                "pool_by": self.one(("day", "discipline")),
                "method": self.one(("cms_total", "ama_midpoint", {"fact": "coverage.unit_method"})),
                "assistant_rule": self.one(("midpoint", "de_minimis")),
                "training_codes": ["97760"],
            },
            "parameters": drawing.PARAMETERS,
            "rules": [self.rule(f"r{index:03}") for index in range(rules)],
        }

    def rule(self, name: str) -> Raw:
        """A rule of any form."""
        by_day = self.likely(0.15)
        items: Items = {} if by_day else {"line": "line"}
        rule: Raw = {
            "id": name,
            "topic": self.one(("units", "records", "modifiers")),
            "cites": [self.one(("primary",) * 4 + ("secondary",))],
            "stage": self.one(("order", "order", "order", "claim")),
            "title": f"Drawn {name}",
        }
        weak = rule["cites"] == ["secondary"]
        if self.likely(0.5):
            rule["when"] = self.condition(items, self.one((0, 1, 2)))
        if self.likely(0.1):
            rule["dated_by"] = "received_date"
        if self.likely(0.1):
            rule["plans"] = ["commercial"]
        form = self.random.random()
        if form < 0.06 and not by_day:
            rule |= {"cap": self.cap(), "effect": "warn" if weak else "reduce_units"}
            return rule
        rule["effect"] = self.one(
            ("warn", "inform")
            if weak
            else ("not_covered", "auth_needed", "documentation_needed", "review", "warn", "inform")
        )
        if form < 0.12 and not by_day:
            rule["pair"] = self.pair()
            return rule
        if by_day:
            rule["scope"] = "day"
        rule["require"] = self.condition(items, self.one((0, 1, 2, 3)))
        if self.likely(0.2):
            rule["grants"] = self.one(("coverage", "no_auth", "satisfied"))
        if self.likely(0.2):
            effects = ("warn", "inform") if weak else ("not_covered", "warn", "inform")
            rule["otherwise"] = [
                {"when": self.condition(items, 1), "effect": self.one(effects)} for _ in range(self.one((1, 2)))
            ]
        return rule

    def cap(self) -> Raw:
        """A cap on units."""
        counted: Raw = self.one(({"codes": list(CODES[:3])}, {"table": self.one(("timed-codes", "stale"))}))
        if self.likely(0.3):
            counted = {"where": self.condition({"line": "line"}, 0)}
        return {
            "units_of": counted,
            "per": self.one((["day"], ["code"], ["discipline"], ["rendering", "code"])),
            "at_most": self.one(
                (2, 4, {"parameter": "limit"}, {"fact": "day.units_supported"}, {"fact": "line.units_ceiling"})
            ),
            "keep_first_by": self.one(("line.number", "-line.charge")),
        }

    def pair(self) -> Raw:
        """Two codes on one day."""
        pair: Raw = {"table": "pairs", "loses": self.one(("column_1", "column_2"))}
        if self.likely(0.5):
            pair["same"] = [self.one(("rendering.npi", "place_of_service"))]
        if self.likely(0.7):
            pair["bypass_with"] = {"table": self.one(("stale", "current"))}
            pair["bypass_on"] = self.one(("loser", "either"))
            if self.likely(0.7):
                pair["bypass_when"] = {"column": "modifier_indicator", "is": 1}
        return pair

    # --- conditions

    def condition(self, items: Items, depth: int) -> Raw:
        """A condition of at most this depth."""
        if depth > 0 and self.likely(0.7):
            kinds: tuple[Callable[[Items, int], Raw], ...] = (
                self.combined,
                self.combined,
                self.quantified,
                self.counted,
            )
            nested: Raw = self.one(kinds)(items, depth)
            return nested
        plain: tuple[Callable[[Items], Raw], ...] = (
            self.number,
            self.number,
            self.word,
            self.listed,
            self.boolean,
            self.dated,
            self.distance,
            self.looked_up,
            self.time,
            self.sum_of_facts,
        )
        drawn: Raw = self.one(plain)(items)
        return drawn

    def combined(self, items: Items, depth: int) -> Raw:
        """all_of, any_of, none_of."""
        parts = [self.condition(items, depth - 1) for _ in range(self.one((1, 2, 2, 3)))]
        return {self.one(("all_of", "any_of", "none_of")): parts}

    def quantified(self, items: Items, depth: int) -> Raw:
        """any, every, no item of a list."""
        listed, noun, item = self.one(
            (("lines", "line", "other"), ("history", "past_line", "past"), ("coverages", "coverage", "other"))
        )
        name = item if item not in items else f"{item}_{len(items)}"
        body: Raw = {"as": name} if name != item else {}
        body["where"] = self.condition({**items, name: ENTITY[listed]}, depth - 1)
        if listed == "history":
            body |= self.window(items)
        return {f"{self.one(('any', 'every', 'no'))}_{noun}": body}

    def window(self, items: Items) -> Raw:
        """How far back the history counts."""
        since = [path for path in self.paths(drawing.DATES, items) if not path.startswith("past")]
        window: Raw = self.one(
            ({}, {"within_days": self.one((0, 30, 60, 800_000))}, {"since": {"fact": self.one(tuple(since))}})
        )
        return window

    def counted(self, items: Items, depth: int) -> Raw:
        """Sums and counts over a list."""
        listed, item = self.one((("lines", "other"), ("history", "past"), ("coverages", "other")))
        name = item if item not in items else f"{item}_{len(items)}"
        inner = {**items, name: ENTITY[listed]}
        body: Raw = {"as": name} if name != item else {}
        if self.likely(0.8):
            body["where"] = self.condition(inner, depth - 1)
        if listed == "history":
            body |= self.window(items)
        if self.likely(0.4):
            return body | {"count_of": listed} | self.compared((0, 1, 2))
        summed = {"lines": ("units", "minutes", "charge"), "history": ("units",), "coverages": ("therapy_amount_ytd",)}
        fact = self.one(summed[listed])
        values: tuple[Any, ...] = (0, 1, 2, 4, 23)
        if fact in ("charge", "therapy_amount_ytd"):
            values = (0, 50.25, 100.5, {"parameter": "threshold"})
        return body | {"sum_of": f"{name}.{fact}", "over": listed} | self.compared(values)

    def compared(self, values: tuple[Any, ...]) -> Raw:
        """An operator of numbers."""
        name = self.one(("is", "is_not", "at_least", "at_most", "more_than", "less_than", "between"))
        if name == "between":
            numbers = tuple(value for value in values if not isinstance(value, dict))
            return {name: sorted([self.one(numbers), self.one(numbers)])}
        return {name: self.one(values)}

    def paths(self, facts: Any, items: Items) -> tuple[str, ...]:
        """The facts of these that can be named here, by the names they have here."""
        found = []
        for path in facts:
            head, _, tail = path.partition(".")
            if head in ("line", "past"):
                timed = path.startswith(drawing.TIMED)
                found += [
                    f"{name}.{tail}"
                    for name, entity in items.items()
                    if entity == head and (name == "line" or not timed)
                ]
            elif head == "coverage":
                found += [path, *(f"{name}.{tail}" for name, entity in items.items() if entity == head)]
            else:
                found.append(path)
        return tuple(found)

    def catalogued(self, path: str, items: Items) -> str:
        """The catalogue's name of a fact."""
        head, _, tail = path.partition(".")
        return f"{items[head]}.{tail}" if head in items else path

    def number(self, items: Items) -> Raw:
        """Numbers and money."""
        if self.likely(0.25):
            path = self.one(self.paths(drawing.MONEY, items))
            return {"fact": path} | self.compared((0, 50.25, 100.5, 9_999_999))
        path = self.one(self.paths(drawing.NUMBERS, items))
        values: tuple[Any, ...] = drawing.NUMBERS[self.catalogued(path, items)]
        written = {"fact": path} | self.compared(values)
        if "between" not in written and self.likely(0.25):
            operator = next(key for key in written if key != "fact")
            alike = self.alike(path, items)
            if alike:
                written[operator] = self.one(alike)
        return written

    def alike(self, path: str, items: Items) -> tuple[Any, ...]:
        """Right-hand sides of the same unit."""
        name = self.catalogued(path, items)
        if "units" in name and name != "line.unit_methods_agree":
            facts = [p for p in self.paths(drawing.NUMBERS, items) if "units" in p and "visit" not in p]
            return ({"parameter": "limit"}, *({"fact": p} for p in facts))
        if name == "episode.visit_number":
            return ({"parameter": "visits"}, {"look_up": "programmes", "by": self.key(items), "column": "visits"})
        return ()

    def word(self, items: Items) -> Raw:
        """Words, codes and texts."""
        facts = {**drawing.WORDS, **drawing.CODED, **drawing.TEXTS}
        path = self.one(self.paths(facts, items))
        name = self.catalogued(path, items)
        values = facts[name]
        operators = ["is", "is_not", "in", "not_in"] + (["starts_with", "between"] if name in drawing.CODED else [])
        operator = self.one(tuple(operators))
        if operator in ("is", "is_not"):
            same = [p for p in self.paths(facts, items) if facts[self.catalogued(p, items)] is values and p != path]
            if same and self.likely(0.3) and name not in drawing.TEXTS:
                return {"fact": path, operator: {"fact": self.one(tuple(same))}}
            return {"fact": path, operator: self.one(values)}
        if operator == "starts_with":
            return {"fact": path, operator: [value[:2] for value in self.some(values, 1)]}
        if operator == "between":
            return {"fact": path, operator: sorted([self.one(values), self.one(values)])}
        if name in drawing.CODED and self.likely(0.5):
            return {"fact": path, operator: {"table": self.one(("current", "current", "stale", "later"))}}
        return {"fact": path, operator: self.some(values)}

    def listed(self, items: Items) -> Raw:
        """Lists of codes."""
        path = self.one(self.paths(drawing.LISTS, items))
        values = drawing.LISTS[self.catalogued(path, items)]
        operator = self.one(
            ("has", "has_any_of", "has_all_of", "has_none_of", "has_one_of", "has_only", "any_starts_with", "is_empty")
        )
        if operator == "has":
            return {"fact": path, operator: self.one(values)}
        if operator == "is_empty":
            return {"fact": path, operator: self.likely(0.5)}
        if operator == "any_starts_with":
            return {"fact": path, operator: [value[:1] for value in self.some(values, 1)]}
        if self.likely(0.4):
            return {"fact": path, operator: {"table": self.one(("current", "one", "stale", "later"))}}
        return {"fact": path, operator: self.some(values)}

    def boolean(self, items: Items) -> Raw:
        """Booleans."""
        path = self.one(self.paths(drawing.BOOLEANS, items))
        others = tuple({"fact": p} for p in self.paths(("telehealth", "plan_of_care.present"), items))
        return {"fact": path, "is": self.one((True, False, True, False, *others))}

    def dated(self, items: Items) -> Raw:
        """Dates."""
        path = self.one(self.paths(drawing.DATES, items))
        operator = self.one(("is", "is_not", "on_or_after", "on_or_before", "after", "before", "between"))
        days = (date(2026, 1, 1), DAY, DAY + timedelta(1), date.max)
        if operator == "between":
            return {"fact": path, operator: sorted([self.one(days), self.one(days)])}
        other = {"fact": self.one(self.paths(drawing.DATES, items))}
        return {"fact": path, operator: self.one((*days, other))}

    def time(self, items: Items) -> Raw:
        """Times of day; where no line is in scope, a boolean instead."""
        paths = self.paths(drawing.TIMES, items)
        if not paths:
            return self.boolean(items)
        operator = self.one(("on_or_after", "before", "is", "after"))
        return {"fact": self.one(paths), operator: self.one(("08:00", "09:15", {"fact": self.one(paths)}))}

    def distance(self, items: Items) -> Raw:
        """Days between two dates."""
        start, end = self.one(self.paths(drawing.DATES, items)), self.one(self.paths(drawing.DATES, items))
        key = self.one(("days_from", "days_from", "business_days_from"))
        return {key: start, "to": end} | self.compared((0, 10, 30, 60))

    def sum_of_facts(self, items: Items) -> Raw:
        """Sums of facts."""
        money = self.likely(0.5)
        facts = (
            ("line.charge", "coverage.therapy_amount_ytd")
            if money
            else ("line.units", "coverage.prior_authorization.units", "day.timed_units")
        )
        parts = list(self.some(self.paths(facts, items), 2))
        values: tuple[Any, ...] = (
            (50.25, 100.5, {"parameter": "threshold"}) if money else (1, 4, {"parameter": "limit"})
        )
        return {"sum_of": parts} | self.compared(values)

    # --- look-ups

    def key(self, items: Items) -> Raw:
        """The key of a look-up, sometimes unknown."""
        states = ("OH", "TX", "CA", *({"fact": p} for p in self.paths(("patient.state",), items)))
        return {
            "state": self.one((*states, {"fact": "patient.state"})),
            "kind": self.one(("professional", {"fact": "claim_type"})),
        }

    def looked_up(self, items: Items) -> Raw:
        """Rows and cells of a table."""
        look_up: Raw = {"look_up": "programmes", "by": self.key(items)}
        kind = self.random.random()
        if kind < 0.4:
            return look_up | {"has_row": self.likely(0.7)}
        if kind < 0.7:
            return look_up | {"column": "visits"} | self.compared((1, 2, 10))
        if kind < 0.85:
            return look_up | {"column": "name", self.one(("is", "is_not")): self.one(("A", "B"))}
        return look_up | {"column": "open", "is": self.likely(0.5)}


class DrawClosed(DrawPolicy):
    """Draws policies of which most rules ask nothing but yes or no, words, codes and lists of codes."""

    def condition(self, items: Items, depth: int) -> Raw:
        """A condition of at most this depth."""
        if depth > 0 and self.likely(0.7):
            return self.combined(items, depth)
        plain: tuple[Callable[[Items], Raw], ...] = (
            self.word, self.listed, self.listed, self.boolean, self.boolean, self.looked_up,
        )  # fmt: skip
        drawn: Raw = self.one(plain)(items)
        return drawn


class DrawNumbers(DrawPolicy):
    """Draws policies of which the rules compare numbers and distances: with a rival's, many differ in these alone."""

    def rule(self, name: str) -> Raw:
        """A rule with neither cap nor branches."""
        drawn: Raw = {
            "id": name,
            "topic": "units",
            "cites": ["primary"],
            "title": f"Drawn {name}",
            "effect": "review",
            "require": self.condition({"line": "line"}, self.one((0, 0, 1))),
        }
        return drawn | ({"when": self.condition({"line": "line"}, 1)} if self.likely(0.4) else {})

    def condition(self, items: Items, depth: int) -> Raw:
        """A condition of at most this depth."""
        if depth > 0 and self.likely(0.5):
            return self.combined(items, depth)
        drawn: Raw = self.one((self.number, self.number, self.distance))(items)
        return drawn
