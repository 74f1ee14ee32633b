"""Laws that hold for every encounter, tried on the cases of the repository's own plugins.

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
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from crosspayer.determination.lattice import VERDICTS
from crosspayer.determination.model import Determination, Finding
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.read import Encounter
from crosspayer.errors import InputError
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tests.acme import put
from core.tests.engine.shipped import ROOT, Tried, digest_of_answers, encounters, engine

HANDED_ON = {fact.path.replace("line.", "lines.", 1) for fact in CATALOGUE.values() if fact.falls_back_to}
EXCEPTED = {
    "id", "diagnoses.code", "stage", "coverages.payer", "day.total_timed_minutes", "lines.aide_minutes",
    "lines.setup_minutes", *HANDED_ON,
}  # fmt: skip


def removable(tried: Tried) -> list[str]:
    return [path for path in tried.paths if re.sub(r"\[\d+\]", "", path) not in EXCEPTED]


def answered(data: Mapping[str, Any], tried: Tried) -> dict[tuple[int, str | None, str], Determination]:
    """Determinations of the payer by place of the line, order of the coverage and plan."""
    plans = (f"{tried.payer}/{tried.plan}",) if tried.plan else ()
    answer = engine().evaluate(Encounter.from_mapping(data), payers=(tried.payer,), plans=plans)
    places = {line.get("number") or place: place for place, line in reversed([*enumerate(data["lines"], 1)])}
    found = {}
    for d in answer.determinations:
        if d.payer == tried.payer:
            for plan in d.plans or (d.plan or "",):
                found[places[d.line], d.order, plan] = d
    return found


def findings(d: Determination) -> dict[str, Finding]:
    return {f.rule: f for f in (*d.findings, *d.deferred)}


def check_findings(before: Determination, after: Determination) -> None:
    known, left = findings(before), findings(after)
    for name, finding in known.items():
        kind = left[name].kind if name in left else "open"
        assert kind in ("open", finding.kind) or (finding.kind, kind) == ("not_applicable", "pass"), name
    assert {name for name, f in left.items() if f.kind == "fail"} <= {n for n, f in known.items() if f.kind == "fail"}


def check_sum(before: Determination, after: Determination) -> None:
    if after.verdict is not None and before.verdict is not None:
        was, now = VERDICTS.index(before.verdict), VERDICTS.index(after.verdict)
        assert now >= was or after.verdict == "conditional"
        unknown_element = any(d.state == "unknown" for d in after.documentation)
        assert now <= was or after.reasons or (before.verdict == "documentation_needed" and unknown_element)
    assert after.covered in (before.covered, "conditional", "indeterminate")
    assert after.prior_auth in (before.prior_auth, "conditional", "indeterminate")


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_removing_a_fact_moves_an_answer_only_towards_unknown(data: st.DataObject) -> None:
    tried = data.draw(st.sampled_from(encounters()))
    path = data.draw(st.sampled_from(removable(tried)))
    less = copy.deepcopy(tried.data)
    put(less, path, ...)
    try:
        known, left = answered(tried.data, tried), answered(less, tried)
    except InputError:
        return  # two coverages that only this fact told apart
    plans = {plan.id for plan in engine().payers[tried.payer].plans}
    for (line, order, plan), before in known.items():
        same = [d for (n, o, p), d in left.items() if n == line and p in (plan, "") and o in (order, None)]
        assert same or plan not in plans
        for after in same:
            check_findings(before, after)
            check_sum(before, after)


def test_the_law_is_tried_on_every_payer_and_on_enough_facts() -> None:
    assert {tried.payer for tried in encounters()} == set(engine().payers)
    assert len(engine().payers) >= 5
    assert sum(len(removable(tried)) for tried in encounters()) > 10_000


# --- the same answer everywhere

PRINT_DIGEST = """
import sys
from core.tests.engine import shipped
shipped.PLUGINS[:] = shipped.PLUGINS[:: int(sys.argv[1])]
print(shipped.digest_of_answers())
"""
ENVIRONMENTS = [
    # hash seed, locale, time zone, order of the plugins
    ("0", "C", "UTC", "1"),
    ("1", "tr_TR.UTF-8", "Asia/Kathmandu", "-1"),
    ("2", "de_DE.ISO8859-1", "Pacific/Apia", "1"),
]


def test_the_answer_is_the_same_bytes_in_every_environment() -> None:
    started = []
    for seed, locale, zone, step in ENVIRONMENTS:
        told = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": zone, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PRINT_DIGEST, step]
        started.append(subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True))
    expected = digest_of_answers()
    assert [(one.communicate()[0].strip(), one.returncode) for one in started] == [(expected, 0)] * len(started)
