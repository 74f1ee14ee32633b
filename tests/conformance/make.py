"""Writes the conformance corpus anew: `python -m tests.conformance.make`."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import tomli_w
from crosspayer import Encounter
from crosspayer.determination.model import Determination
from crosspayer.engine.bind import rule_nodes
from crosspayer.engine.engine import Engine
from crosspayer.plugins.build import install

from core.tests import acme
from core.tests.engine.drawing import MANIFEST, SOURCES, TABLES
from core.tests.engine.fuzzing import names_of, table_document
from core.tests.engine.policies import DrawPolicy

CORPUS = Path(__file__).parent / "corpus.ndjson"
SEEDS = range(200, 206)
Raw = dict[str, Any]

HAND: dict[str, str] = {
    "units": "{ fact = 'line.units', at_most = 4 }",
    "modifier": "{ fact = 'line.modifiers', has_one_of = ['GP', 'GO', 'GN'] }",
    "in-time": "{ days_from = 'plan_of_care.certified_on', to = 'line.service_date', between = [0, 30] }",
    "alone": "{ no_line = { where = { fact = 'other.code', is = '97761' } } }",
    "year": "{ sum_of = ['coverage.therapy_amount_ytd', 'line.charge'], at_most = 100.50 }",
    "either": "{ any_of = [{ fact = 'telehealth', is = false }, { fact = 'patient.age', at_least = 18 }] }",
}
YES, NO, OPEN = "pass", "fail", "open"
CASES: list[tuple[Raw, dict[str, str]]] = [
    ({}, {"units": OPEN, "modifier": OPEN, "in-time": OPEN, "alone": OPEN, "year": OPEN, "either": OPEN}),
    ({"lines[0].units": 4, "lines[0].modifiers": ["GP"]}, {"units": YES, "modifier": YES}),
    ({"lines[0].units": 5, "lines[0].modifiers": []}, {"units": NO, "modifier": NO}),
    ({"lines[0].modifiers": ["GP", "GO"]}, {"modifier": NO}),
    ({"plan_of_care.certified_on": "2026-09-05"}, {"in-time": YES}),
    ({"plan_of_care.certified_on": "2026-09-04"}, {"in-time": NO}),
    ({"plan_of_care.certified_on": "2026-10-06"}, {"in-time": NO}),
    ({"day.lines_complete": True}, {"alone": YES}),
    ({"lines[1].code": "97761", "lines[1].service_date": "2026-10-05"}, {"alone": NO}),
    ({"coverages[0].therapy_amount_ytd": 50.25, "lines[0].charge": 50.25}, {"year": YES}),
    ({"coverages[0].therapy_amount_ytd": 100.51}, {"year": NO}),
    ({"telehealth": True, "patient.age": 17}, {"either": NO}),
    ({"telehealth": False}, {"either": YES}),
    ({"telehealth": True}, {"either": OPEN}),
]
"""Changes to the plain encounter, and the kinds they must give; rules not named are as in the first."""


def said(determination: Determination) -> Raw:
    """What the corpus keeps of a determination."""
    d = determination
    findings = [
        {
            "rule": f.rule,
            "kind": f.kind,
            "effect": f.effect,
            "facts": f.facts,
            "missing": f.missing,
            "payable": f.payable,
        }
        for f in (*d.findings, *d.deferred)
    ]
    kept = {
        "line": d.line, "plan": d.plan, "verdict": d.verdict, "covered": d.covered, "prior_auth": d.prior_auth,
        "silence": d.silence, "payable": d.units.payable, "findings": findings,
    }  # fmt: skip
    plain: Raw = json.loads(json.dumps(kept))
    return plain


def engine_over(files: dict[str, str], root: Path) -> Engine:
    """The interpreter over one world."""
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    found = install(candidates=[], plugin_dirs=[root])
    faults = [report.reason for report in found.reports if report.reason]
    assert not faults, "\n".join(faults)
    return Engine(found.payers, found.reports, execution="interpreted")


def answered(engine: Engine, encounter: Raw) -> list[Raw]:
    """What acme says."""
    answer = engine.evaluate(Encounter.from_mapping(encounter), payers=["acme"])
    return [said(d) for d in answer.determinations if d.payer == "acme"]


def by_hand(root: Path) -> Iterator[Raw]:
    """The hand-checked world."""
    text = acme.HEAD + acme.condition_rules(HAND)
    files = {"payer.toml": acme.MANIFEST, "sources.toml": acme.SOURCES, "policies/main.toml": text}
    engine = engine_over(files, root / "hand")
    yield {"world": "hand", "files": files}
    for index, (changes, kinds) in enumerate(CASES):
        encounter = acme.encounter(changes)
        encounter["id"] = f"hand-{index}"
        expected = answered(engine, encounter)
        found = {f["rule"].rpartition("/")[2]: f["kind"] for f in expected[0]["findings"]}
        assert found == {**CASES[0][1], **kinds}, (index, found)
        yield {"case": encounter["id"], "world": "hand", "origin": "hand", "encounter": encounter, "expected": expected}


def drawn(root: Path) -> Iterator[Raw]:
    """Worlds of the fuzzer, and of its encounters those that show a node in a kind of finding not yet shown."""
    shown: set[tuple[str, str]] = set()
    for seed in SEEDS:
        draw, world = DrawPolicy(seed), f"drawn-{seed}"
        files = {"payer.toml": tomli_w.dumps(MANIFEST), "sources.toml": tomli_w.dumps(SOURCES)}
        files |= {f"tables/{name}.toml": tomli_w.dumps(table_document(name)) for name in TABLES}
        files["policies/drawn.toml"] = tomli_w.dumps(draw.policy(12))
        engine = engine_over(files, root / world)
        rules = {rule.id: rule for rule in engine.payers["acme"].rules}
        nodes = {
            name: {n for node in rule_nodes(rule) if type(node).__name__ in CONDITIONS for n in names_of(node)}  # type: ignore[arg-type]
            for name, rule in rules.items()
        }
        yield {"world": world, "files": files}
        for index in range(40):
            encounter = draw.encounter(f"{world}-{index}")
            expected = answered(engine, json.loads(json.dumps(encounter, default=str)))
            new = {(n, f["kind"]) for d in expected for f in d["findings"] for n in nodes[f["rule"]]} - shown
            if new:
                shown |= new
                plain = json.loads(json.dumps(encounter, default=str))
                yield {"case": plain["id"], "world": world, "origin": "drawn", "encounter": plain, "expected": expected}


CONDITIONS = ("Compare", "HasRow", "AllOf", "AnyOf", "NoneOf", "Quantifier")


def main() -> None:
    """Write the corpus."""
    with tempfile.TemporaryDirectory() as folder, CORPUS.open("w", encoding="utf-8") as file:
        for record in (*by_hand(Path(folder)), *drawn(Path(folder))):
            file.write(json.dumps(record, ensure_ascii=False, separators=(",", ":")) + "\n")


if __name__ == "__main__":
    main()
