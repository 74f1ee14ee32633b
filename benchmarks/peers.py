"""The peers: a naive interpreter, and zen-engine in its best form. Both are given gifts that README.md lists."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

from benchmarks.policies import TIMED, Raw

Failing = frozenset[str]
"""Rules that fail, as `payer/rule`."""
NOT_APPLICABLE, PASS, FAIL, UNKNOWN = "not_applicable", "pass", "fail", "open"

# --- a naive interpreter: walks rules given as plain dicts over an encounter given as plain dicts


class Days(dict[str, int]):
    """ISO dates as day numbers, remembered."""

    def __missing__(self, text: str) -> int:
        found = self[text] = date.fromisoformat(text).toordinal()
        return found


DAYS = Days()


class Naive:
    """A tree-walking interpreter with three truth values and no evidence, written as one would at first."""

    def __init__(self, policies: dict[str, list[Raw]]) -> None:
        self.rules = [
            (payer, rule) for payer, found in policies.items() for policy in found for rule in policy["rules"]
        ]

    def evaluate(self, encounter: Raw) -> list[tuple[str, str, str]]:
        """Payer, rule and outcome of every rule that failed or is open, for the judged line."""
        line = next(line for line in encounter["lines"] if line["code"] == "97760")
        held = {coverage["payer"]: coverage for coverage in encounter["coverages"]}
        found = []
        for payer, rule in self.rules:
            scope = {"encounter": encounter, "line": line, "coverage": held[payer]}
            outcome = self.outcome(rule, scope)
            if outcome in (FAIL, UNKNOWN):
                found.append((payer, rule["id"], outcome))
        return found

    def outcome(self, rule: Raw, scope: Raw) -> str:
        if not any(line["code"] == "97760" for line in scope["encounter"]["lines"]):
            return NOT_APPLICABLE
        when = self.truth(rule["when"], scope) if "when" in rule else True
        if when is False:
            return NOT_APPLICABLE
        require = self.truth(rule["require"], scope)
        if require is True:
            return PASS
        return UNKNOWN if when is None or require is None else FAIL

    def truth(self, node: Raw, scope: Raw) -> bool | None:
        if "all_of" in node:
            truths = [self.truth(part, scope) for part in node["all_of"]]
            return False if False in truths else None if None in truths else True
        if "any_of" in node:
            truths = [self.truth(part, scope) for part in node["any_of"]]
            return True if True in truths else None if None in truths else False
        for kind in ("any", "no", "every"):
            for listed in ("line", "past_line"):
                if f"{kind}_{listed}" in node:
                    return self.quantified(kind, listed, node[f"{kind}_{listed}"], scope)
        left = self.left(node, scope)
        operator = next(key for key in node if key in OPERATIONS)
        right = node[operator]
        if isinstance(right, dict):
            right = self.fact(right["fact"], scope)
        if left is None or right is None:
            return None
        return bool(OPERATIONS[operator](left, right))

    def quantified(self, kind: str, listed: str, body: Raw, scope: Raw) -> bool | None:
        truths = []
        for item in self.items(listed, body, scope):
            truth = self.truth(body["where"], {**scope, "other": item, "past": item})
            truths.append(truth if kind != "every" or truth is None else not truth)
        some = True if True in truths else None if None in truths else False
        return some if kind == "any" or some is None else not some

    def items(self, listed: str, body: Raw, scope: Raw) -> list[Raw]:
        if listed == "line":
            return [line for line in scope["encounter"]["lines"] if line is not scope["line"]]
        day = DAYS[scope["line"]["service_date"]]
        past: list[Raw] = scope["encounter"]["history"]["lines"]
        return [item for item in past if day - body["within_days"] <= DAYS[item["service_date"]] < day]

    def left(self, node: Raw, scope: Raw) -> Any:
        if "fact" in node:
            return self.fact(node["fact"], scope)
        if "days_from" in node:
            start, end = self.fact(node["days_from"], scope), self.fact(node["to"], scope)
            return None if start is None or end is None else DAYS[end] - DAYS[start]
        if "count_of" in node:
            items = self.items("past_line", node, scope)
            return sum(self.truth(node["where"], {**scope, "past": item}) is True for item in items)
        if "over" in node:
            total = 0
            for item in scope["encounter"]["lines"]:
                inner = {**scope, "other": item}
                if self.truth(node["where"], inner):
                    total += self.fact(node["sum_of"], inner)
            return total
        parts = [self.fact(path, scope) for path in node["sum_of"]]
        known = sum(part for part in parts if part is not None)
        return None if None in parts and known <= node["more_than"] else known  # surely over on the known part

    def fact(self, path: str, scope: Raw) -> Any:
        if path == "diagnosis_codes":
            return [diagnosis["code"] for diagnosis in scope["encounter"]["diagnoses"]]
        if path in ("day.timed_units", "day.units_supported"):
            timed = [line for line in scope["encounter"]["lines"] if line["code"] in TIMED]
            if path == "day.timed_units":
                return sum(line["units"] for line in timed)
            minutes = [line.get("minutes") for line in timed]
            return None if None in minutes else (sum(minutes) + 7) // 15
        if path == "line.units_ceiling":
            minutes = scope["line"].get("minutes")
            return None if minutes is None else minutes // 15 + 1 if minutes else 0
        head, _, tail = path.partition(".")
        value = scope[head] if head in scope else scope["encounter"]
        for step in tail.split(".") if head in scope else path.split("."):
            value = None if value is None else value.get(step)
        return self.fact("place_of_service", scope) if value is None and path == "line.place_of_service" else value


OPERATIONS: dict[str, Callable[[Any, Any], Any]] = {
    "is": lambda a, b: a == b,
    "at_most": lambda a, b: a <= b,
    "at_least": lambda a, b: a >= b,
    "more_than": lambda a, b: a > b,
    "less_than": lambda a, b: a < b,
    "between": lambda a, b: b[0] <= a <= b[1],
    "in": lambda a, b: a in b,
    "not_in": lambda a, b: a not in b,
    "has": lambda a, b: b in a,
    "has_any_of": lambda a, b: any(value in a for value in b),
    "has_none_of": lambda a, b: not any(value in a for value in b),
    "starts_with": lambda a, b: a.startswith(tuple(b)),
    "any_starts_with": lambda a, b: any(value.startswith(tuple(b)) for value in a),
}


# --- zen-engine: the same rules as two-valued expressions, "surely fails"

MAYBE = (
    "patient.age", "rendering.credentialed", "plan_of_care.", "device.code", "device.furnished_on", "documentation.",
    "coverage.",
)  # fmt: skip
"""Facts that the corpus sometimes leaves out; all others are always there, and zen need not test for them."""


class Zen:
    """Prints a rule as one zen expression that is true where the rule surely fails."""

    def __init__(self, payer: str) -> None:
        self.payer = payer

    def fails(self, rule: Raw) -> str:
        parts = ['some(lines, #.code == "97760")']
        if "when" in rule:
            parts.append(self.holds(rule["when"], truth=True))
        parts.append(self.holds(rule["require"], truth=False))
        return " and ".join(f"({part})" for part in parts)

    def holds(self, node: Raw, *, truth: bool, item: bool = False) -> str:
        """When the condition is surely so."""
        for key in ("all_of", "any_of"):
            if key in node:
                joint = " and " if (key == "all_of") is truth else " or "
                return "(" + joint.join(self.holds(part, truth=truth, item=item) for part in node[key]) + ")"
        for kind in ("any", "no", "every"):
            for listed in ("line", "past_line"):
                if f"{kind}_{listed}" in node:
                    body = node[f"{kind}_{listed}"]
                    where = self.holds(body["where"], truth=kind != "every", item=True)
                    some = f"some({self.listed(listed, body)}, {where})"
                    return some if (kind == "any") is truth else f"not({some})"
        left, known = self.left(node)
        operator = next(key for key in node if key in OPERATIONS)
        right = node[operator]
        if isinstance(right, dict):
            right, more = self.fact(right["fact"])
            known += [test for test in more if test not in known]
        else:
            right = json.dumps(right)
        test = self.test(operator, left, right, node[operator])
        return " and ".join([*known, test if truth else f"not({test})"])

    def test(self, operator: str, left: str, right: str, raw: Any) -> str:
        signs = {"is": "==", "at_most": "<=", "at_least": ">=", "more_than": ">", "less_than": "<"}
        if operator in signs:
            return f"{left} {signs[operator]} {right}"
        match operator:
            case "between":
                return f"{left} >= {raw[0]} and {left} <= {raw[1]}"
            case "in":
                return f"{left} in {right}"
            case "not_in":
                return f"{left} not in {right}"
            case "has":
                return f"contains({left}, {right})"
            case "has_any_of":
                return "(" + " or ".join(f"contains({left}, {json.dumps(value)})" for value in raw) + ")"
            case "has_none_of":
                if left == "diagnosis_codes":
                    return f"not(some({left}, # in {right}))"
                return "not(" + " or ".join(f"contains({left}, {json.dumps(value)})" for value in raw) + ")"
            case "starts_with":
                return "(" + " or ".join(f"startsWith({left}, {json.dumps(value)})" for value in raw) + ")"
        return f"some({left}, {' or '.join(f'startsWith(#, {json.dumps(value)})' for value in raw)})"

    def listed(self, listed: str, body: Raw) -> str:
        if listed == "line":
            return "others"
        window = (
            f"line.service_date - #.service_date > 0 and line.service_date - #.service_date <= {body['within_days']}"
        )
        return f"filter(past, {window})"

    def left(self, node: Raw) -> tuple[str, list[str]]:
        if "fact" in node:
            return self.fact(node["fact"])
        if "days_from" in node:
            (start, one), (end, other) = self.fact(node["days_from"]), self.fact(node["to"])
            return f"({end} - {start})", one + other
        if "count_of" in node:
            ago = "line.service_date - #.service_date"
            window = f"{ago} > 0 and {ago} <= {node['within_days']}"
            return f"len(filter(past, {self.holds(node['where'], truth=True, item=True)} and {window}))", []
        if "over" in node:
            where = self.holds(node["where"], truth=True, item=True)
            return f"sum(map(filter(lines, {where}), {self.fact(node['sum_of'])[0]}))", []
        return "(" + " + ".join(f"({self.fact(path)[0]} ?? 0)" for path in node["sum_of"]) + ")", []

    def fact(self, path: str) -> tuple[str, list[str]]:
        if path == "day.timed_units":
            return f"sum(map(filter(lines, #.code in {json.dumps(TIMED)}), #.units))", []
        if path == "day.units_supported":
            timed = f"filter(lines, #.code in {json.dumps(TIMED)})"
            return f"floor((sum(map({timed}, #.minutes ?? 0)) + 7) / 15)", [f"not(some({timed}, #.minutes == null))"]
        if path == "line.units_ceiling":
            return "(floor(line.minutes / 15) + 1)", ["line.minutes != null"]
        head, _, tail = path.partition(".")
        if head in ("other", "past"):
            return f"#.{tail}", []
        name = f"held.{self.payer}.{tail}" if head == "coverage" else path
        known = [f"{name} != null"] if path.startswith(MAYBE) else []
        if name.startswith("held.") and ".prior_authorization." in name:
            known.insert(0, f"held.{self.payer}.prior_authorization != null")
        return name, known


def gift(encounter: Raw) -> Raw:
    """The encounter as zen gets it: dates as day numbers, nulls filled in, the judged line and the others apart."""

    def numbered(node: Any) -> Any:
        if isinstance(node, dict):
            return {key: numbered(value) for key, value in node.items()}
        if isinstance(node, list):
            return [numbered(value) for value in node]
        return DAYS[node] if isinstance(node, str) and len(node) == 10 and node[4] == node[7] == "-" else node

    found: Raw = numbered(encounter)
    lines = [{"minutes": None, **line} for line in found["lines"]]
    for line in lines:
        line["place_of_service"] = found["place_of_service"]
    judged = next(index for index, line in enumerate(lines) if line["code"] == "97760")
    approval = {"present": None, "units": None, "from": None, "to": None}
    return {
        **{key: found[key] for key in ("patient", "rendering", "plan_of_care", "device", "documentation")},
        "diagnosis_codes": [diagnosis["code"] for diagnosis in found["diagnoses"]],
        "lines": lines, "line": lines[judged], "others": lines[:judged] + lines[judged + 1 :],
        "past": found["history"]["lines"],
        "held": {
            c["payer"]: {
                "therapy_amount_ytd": c.get("therapy_amount_ytd"),
                "prior_authorization": {**approval, **c.get("prior_authorization", {})},
            }
            for c in found["coverages"]
        },
    }  # fmt: skip


def zen(policies: dict[str, list[Raw]]) -> Callable[[bytes], list[bool]]:
    """One compiled expression: the list of all rules, true where they fail."""
    from zen import compile_expression  # type: ignore[import-not-found,unused-ignore]

    printed = [
        Zen(payer).fails(rule) for payer, found in policies.items() for policy in found for rule in policy["rules"]
    ]
    compiled = compile_expression("[" + ", ".join(printed) + "]")

    def evaluate(raw: bytes) -> list[bool]:
        found: list[bool] = compiled.evaluate(raw)
        return found

    return evaluate
