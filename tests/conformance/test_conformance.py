"""The conformance corpus through interpreter, compiled form, Python API and command line."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from crosspayer import Decision, Encounter, build_engine
from crosspayer.cli import cli
from crosspayer.engine.engine import Engine, Execution
from crosspayer.plugins.build import install

from tests.conformance.make import CORPUS, said

RECORDS = [json.loads(line) for line in CORPUS.read_text(encoding="utf-8").splitlines()]
WORLDS = {record["world"]: record["files"] for record in RECORDS if "files" in record}
CASES: dict[str, list[dict[str, Any]]] = defaultdict(list)
for record in RECORDS:
    if "case" in record:
        CASES[record["world"]].append(record)


def folder(world: str, root: Path) -> Path:
    for name, text in WORLDS[world].items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    return root


def test_the_corpus_has_both_origins_and_every_kind_of_finding() -> None:
    assert {case["origin"] for cases in CASES.values() for case in cases} == {"hand", "drawn"}
    kinds = {f["kind"] for cases in CASES.values() for c in cases for d in c["expected"] for f in d["findings"]}
    assert kinds == {"pass", "fail", "open", "not_applicable", "deferred"}


@pytest.mark.parametrize("execution", ["interpreted", "compiled"])
@pytest.mark.parametrize("world", WORLDS)
def test_both_executions_conform(world: str, execution: Execution, tmp_path: Path) -> None:
    found = install(candidates=[], plugin_dirs=[folder(world, tmp_path)])
    engine = Engine(found.payers, found.reports, execution=execution)
    for case in CASES[world]:
        given = Encounter.from_mapping(case["encounter"])
        answer = engine.evaluate(given, payers=["acme"])
        assert [said(d) for d in answer.determinations if d.payer == "acme"] == case["expected"], case["case"]
        assert engine.decide(given, payers=["acme"]) == tuple(map(Decision.of, answer.determinations)), case["case"]


@pytest.mark.parametrize("world", WORLDS)
def test_the_public_api_conforms(world: str, tmp_path: Path) -> None:
    engine = build_engine(plugin_dirs=[folder(world, tmp_path)])
    for case in CASES[world]:
        answer = engine.evaluate(Encounter.from_json(json.dumps(case["encounter"])), payers=["acme"])
        assert [said(d) for d in answer.determinations if d.payer == "acme"] == case["expected"], case["case"]


@pytest.mark.parametrize("world", WORLDS)
def test_the_command_line_conforms(world: str, tmp_path: Path) -> None:
    plugin = folder(world, tmp_path / "acme")
    inputs = tmp_path / "encounters.ndjson"
    inputs.write_text("".join(json.dumps(case["encounter"]) + "\n" for case in CASES[world]), encoding="utf-8")
    asked = ["evaluate", str(inputs), "--payer", "acme", "--plugin-dir", str(plugin), "--format", "json"]
    result = CliRunner().invoke(cli, asked)
    told: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for d in json.loads(result.stdout)["determinations"]:
        if d["payer"] == "acme":
            told[d["encounter"]].append(d)
    keys = ("line", "plan", "verdict", "covered", "prior_auth", "silence")
    for case in CASES[world]:
        expected = [{key: d[key] for key in keys} for d in case["expected"]]
        assert [{key: d[key] for key in keys} for d in told[case["case"]]] == expected, case["case"]
        facts = [[f["facts"] for f in (*d["findings"], *d["deferred"])] for d in told[case["case"]]]
        assert facts == [[f["facts"] for f in d["findings"]] for d in case["expected"]], case["case"]
