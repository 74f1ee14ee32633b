"""Laws that hold for every encounter and every payer, as assertions.

Removing a fact: let one fact of an encounter become unknown. Then, of every plan on every line,

- a finding keeps its kind or becomes `open` (or is no longer given: silent); one that did not apply may also pass,
  since a rule passes where its requirement holds and it is unknown whether it applies;
- no rule fails that did not fail before;
- the verdict becomes worse only as far as `conditional`, and better only with a reason why it is no better than
  conditional, or, for documentation, with the element listed as unknown;
- `covered` and `prior_auth` stay, or say `conditional` or `indeterminate`.

By their definitions these facts are excepted: a line's own provider or place, where the encounter's holds in its
place; minutes of aides and set-up, which are none where none are recorded; the note's stated total; and the stage,
without which nothing is deferred. A coverage without its payer is another coverage.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Mapping
from typing import Any

import msgspec

from crosspayer.authoring.facts_of import drop_fact, facts_of
from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.read import Encounter
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError

_HANDED_ON = {fact.path.replace("line.", "lines.", 1) for fact in CATALOGUE.values() if fact.falls_back_to}
EXCEPTED = {
    "id", "diagnoses.code", "stage", "coverages.payer", "day.total_timed_minutes", "lines.aide_minutes",
    "lines.setup_minutes", *_HANDED_ON,
}  # fmt: skip
"""Facts whose removal may move an answer otherwise, by their definition."""

Answered = Mapping[tuple[int, str | None, str], Determination]


def plain(encounter: Mapping[str, Any]) -> dict[str, Any]:
    """The encounter as plain JSON data of its own, dates as text."""
    data: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(encounter))
    return data


def removable(encounter: Mapping[str, Any]) -> list[str]:
    """The full paths of the facts that the law of removal speaks of."""
    given = [path for path, value in facts_of(encounter) if value is not None]
    return [path for path in given if re.sub(r"\[\d+\]", "", path) not in EXCEPTED]


def check_removal(engine: Engine, payer: str, plan: str | None, encounter: Mapping[str, Any], path: str) -> None:
    """Assert the law of removal for one fact of an encounter, as the payer answers.

    Raises AssertionError that names the rule or the fact; never a value.
    """
    less = copy.deepcopy(dict(encounter))
    drop_fact(less, path)
    try:
        known, left = _answered(engine, payer, plan, encounter), _answered(engine, payer, plan, less)
    except InputError:
        return  # two coverages that only this fact told apart
    plans = {one.id for one in engine.payers[payer].plans}
    for (line, order, name), before in known.items():
        same = [d for (n, o, p), d in left.items() if n == line and p in (name, "") and o in (order, None)]
        assert same or name not in plans, f"without {path}, {name} no longer answers"
        for after in same:
            _check_findings(before, after, path)
            _check_sum(before, after, path)


def _answered(engine: Engine, payer: str, plan: str | None, data: Mapping[str, Any]) -> Answered:
    """Determinations of the payer by place of the line, order of the coverage and plan."""
    answer = engine.evaluate(Encounter.from_mapping(data), payers=(payer,), plans=(f"{payer}/{plan}",) if plan else ())
    places = {line.get("number") or place: place for place, line in reversed([*enumerate(data["lines"], 1)])}
    found = {}
    for d in answer.determinations:
        if d.payer == payer:
            for name in d.plans or (d.plan or "",):
                found[places[d.line], d.order, name] = d
    return found


def _findings(d: Determination) -> dict[str, Finding]:
    return {f.rule: f for f in (*d.findings, *d.deferred)}


def _check_findings(before: Determination, after: Determination, path: str) -> None:
    known, left = _findings(before), _findings(after)
    for name, finding in known.items():
        kind = left[name].kind if name in left else "open"
        allowed = kind in ("open", finding.kind) or (finding.kind, kind) == ("not_applicable", "pass")
        assert allowed, f"without {path}, {name} goes from {finding.kind} to {kind}"
    failed = {name for name, f in left.items() if f.kind == "fail"}
    new = failed - {name for name, f in known.items() if f.kind == "fail"}
    assert not new, f"without {path}, these rules fail: {', '.join(sorted(new))}"


def _check_sum(before: Determination, after: Determination, path: str) -> None:
    if after.verdict is not None and before.verdict is not None:
        was, now = VERDICTS.index(before.verdict), VERDICTS.index(after.verdict)
        moved = f"without {path}, the verdict goes from {before.verdict} to {after.verdict}"
        assert now >= was or after.verdict == "conditional", moved
        unknown_element = any(d.state == "unknown" for d in after.documentation)
        assert now <= was or after.reasons or (before.verdict == "documentation_needed" and unknown_element), moved
    for name in ("covered", "prior_auth"):
        was, now = getattr(before, name), getattr(after, name)
        assert now in (was, "conditional", "indeterminate"), f"without {path}, {name} goes from {was} to {now}"
