"""Side by side with peers: `uv run --group benchmarks python -m benchmarks [--encounters N] [--json FILE]`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from crosspayer import Encounter, build_engine
from crosspayer.engine.compile.form import generate
from crosspayer.engine.engine import Engine
from crosspayer.plugins.build import install

from benchmarks import corpus, peers, policies
from benchmarks.measure import ROUNDS, Way, interleaved, seconds

Result = dict[str, Any]
WARM = 3000
"""Encounters that an engine has seen before it is measured, as in a stream; none of them is measured."""


def engines(total: int, root: Path) -> tuple[Engine, Engine, dict[str, list[policies.Raw]]]:
    """Compiled and interpreting engines over so many invented rules."""
    documents = policies.documents(total)
    found = install(candidates=[], plugin_dirs=policies.write(root / str(total), documents))
    assert all(report.state == "loaded" for report in found.reports), [r.reason for r in found.reports]
    return Engine(found.payers, execution="compiled"), Engine(found.payers, execution="interpreted"), documents


def agreed(engine: Engine, documents: dict[str, list[policies.Raw]], raw: list[bytes]) -> None:
    """Every peer must say of every rule and encounter what crosspayer says, or nothing is measured."""
    names = [(payer, rule["id"]) for payer, found in documents.items() for policy in found for rule in policy["rules"]]
    zen, naive = peers.zen(documents), peers.Naive(documents)
    for data in raw:
        decided = engine.decide(Encounter.from_json(data))
        ours = {(*finding.rule.split("/")[::2], finding.kind) for decision in decided for finding in decision.findings}
        plain = json.loads(data)
        assert ours == set(naive.evaluate(plain))
        gift = json.dumps(peers.gift(plain)).encode()
        fails = {name for name, fails in zip(names, zen(gift), strict=True) if fails}
        assert {name[:2] for name in ours if name[2] == "fail"} == fails


def side_by_side(number: int, root: Path) -> Result:
    """Five payers with 25 rules each, ours and the peers."""
    compiled, interpreting, documents = engines(125, root)
    raw = corpus.ndjson(WARM + number * ROUNDS)
    warm, rounds = raw[:WARM], shares(raw[WARM:], number)
    agreed(compiled, documents, warm[:300])
    for data in warm:
        compiled.decide(Encounter.from_json(data))
        compiled.decide(Encounter.from_json(data), trace=True)
    decoded = [[Encounter.from_json(data) for data in raw] for raw in rounds]
    plain = [[json.loads(data) for data in raw] for raw in rounds]
    gifts = [[json.dumps(peers.gift(encounter)).encode() for encounter in found] for found in plain]
    figures = interleaved({
        "zen-engine, JSON bytes in": Way(peers.zen(documents), gifts),
        "naive interpreter": Way(peers.Naive(documents).evaluate, some(plain, 5)),
        "shipped interpreter, full answer": Way(interpreting.evaluate, some(decoded, 20)),
        "explained, decoding counted": Way(lambda data: compiled.decide(Encounter.from_json(data)), rounds),
        "explained": Way(compiled.decide, decoded),
        "decoding": Way(Encounter.from_json, rounds),
        "every rule traced with evidence": Way(lambda encounter: compiled.decide(encounter, trace=True), decoded),
        "full answer": Way(compiled.evaluate, some(decoded, 2)),
        "full answer as JSON": Way(lambda encounter: compiled.evaluate(encounter).to_json(), some(decoded, 2)),
    })  # fmt: skip
    us = {name: figure.us for name, figure in figures.items()}
    counted, explained = us["explained, decoding counted"], us["explained"]
    return {
        "us": {name: round(figure.us, 1) for name, figure in figures.items()},
        "spread": {name: round(figure.spread, 2) for name, figure in figures.items()},
        "bytes an encounter": round(sum(map(len, warm)) / len(warm)),
        "findings an encounter": round(
            sum(len(d.findings) for e in decoded[0] for d in compiled.decide(e)) / len(decoded[0]), 1
        ),
        "ratios": {
            "zen-engine / explained with decoding": round(us["zen-engine, JSON bytes in"] / counted, 1),
            "naive interpreter / explained": round(us["naive interpreter"] / explained, 1),
            "shipped interpreter / explained": round(us["shipped interpreter, full answer"] / explained, 1),
            "every rule traced / explained": round(us["every rule traced with evidence"] / explained, 1),
            "full answer / explained": round(us["full answer"] / explained, 1),
        },
    }


def shares(items: list[Any], number: int) -> list[list[Any]]:
    """The items, so many in each share."""
    return [items[begin : begin + number] for begin in range(0, len(items), number)]


def some(rounds: list[list[Any]], part: int) -> list[list[Any]]:
    """Of each round's items one in so many, for what is slow."""
    return [items[: max(5, len(items) // part)] for items in rounds]


def held_by(payers: dict[str, Any], encounter: policies.Raw) -> Encounter:
    """The encounter with coverages of these payers only."""
    coverages = [coverage for coverage in encounter["coverages"] if coverage["payer"] in payers]
    return Encounter.from_mapping({**corpus.without_nulls(encounter), "coverages": coverages})


def scaling(number: int, root: Path) -> Result:
    """25 to 1,000 rules: the cost of an encounter, and of compiling."""
    found: Result = {}
    ways, made = {}, {}
    for total in (25, 125, 500, 1000):
        compiled, _, documents = engines(total, root)
        every = [held_by(documents, encounter) for encounter in corpus.encounters(number * (ROUNDS + 1))]
        warm, *decoded = shares(every, number)
        compiled.decide(warm[0])
        seats = max((key[0] for key in compiled._forms._forms), key=lambda s: sum(len(one.panel.rules) for one in s))
        made[total] = seconds(lambda seats=seats: generate(seats, "claim", trace=False), 5)  # type: ignore[misc]
        for encounter in warm:
            compiled.decide(encounter)
        ways[str(total)] = Way(compiled.decide, decoded)
    figures = interleaved(ways)
    for total in (25, 125, 500, 1000):
        us = figures[str(total)].us
        found[str(total)] = {
            "us": round(us, 1),
            "us a rule": round(us / total, 3),
            "compile ms": round(made[total] * 1e3),
        }
    return found


def real_plugins(number: int) -> Result:
    """The installed plugins: the corpus with a coverage of the first plan of each payer."""
    compiled, interpreting = build_engine(execution="compiled"), build_engine(execution="interpreted")
    plans = [{"payer": name, "plan": payer.plans[0].id} for name, payer in compiled.payers.items() if payer.plans]
    encounters = corpus.encounters(number * (ROUNDS + 3))
    given = [Encounter.from_mapping({**corpus.without_nulls(e), "coverages": plans}) for e in encounters]
    for encounter in given[: 3 * number]:
        compiled.evaluate(encounter)
        compiled.decide(encounter)
        compiled.decide(encounter, trace=True)
    rounds = shares(given[3 * number :], number)
    figures = interleaved({
        "explained": Way(compiled.decide, rounds),
        "every rule traced with evidence": Way(lambda encounter: compiled.decide(encounter, trace=True), rounds),
        "full answer": Way(compiled.evaluate, some(rounds, 2)),
        "shipped interpreter, full answer": Way(interpreting.evaluate, some(rounds, 10)),
    })  # fmt: skip
    rules = sum(len(payer.rules) for payer in compiled.payers.values())
    explained = figures["explained"].us
    return {
        "rules": rules,
        "us": {name: round(figure.us) for name, figure in figures.items()},
        "ratios": {name: round(figure.us / explained, 1) for name, figure in figures.items()},
    }


def starting() -> Result:
    """Building the engine once its documents are validated, and one evaluation from the shell."""
    build_engine()
    example = Path(__file__).parents[1] / "examples" / "knee-orthosis-initial.json"
    if not (Path(sys.executable).parent / "crosspayer").exists():
        raise SystemExit("crosspayer is not installed here; run it with uv run --group benchmarks")
    command = [str(Path(sys.executable).parent / "crosspayer"), "evaluate", str(example)]
    nothing = [sys.executable, "-c", "import click"]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def run(words: list[str]) -> None:
        subprocess.run(words, capture_output=True, check=False, env=environment)

    figures = interleaved({"cli": Way(run, [[command]]), "nothing": Way(run, [[nothing]])})
    return {
        "engine ms": round(seconds(build_engine) * 1e3),
        "one evaluation from the shell, ms": round(figures["cli"].us / 1e3),
        "a Python that imports click, ms": round(figures["nothing"].us / 1e3),
        "ratio": round(figures["cli"].us / figures["nothing"].us, 1),
    }


def main() -> None:
    """Measure everything and print it; `--json` also writes it to a file."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--encounters", type=int, default=500, help="how many in each of the rounds")
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        result: Result = {
            "side by side, 5 payers x 25 rules": side_by_side(asked.encounters, root),
            "more rules": scaling(max(50, asked.encounters // 5), root),
            "the installed plugins": real_plugins(max(20, asked.encounters // 10)),
            "starting": starting(),
        }
    text = json.dumps(result, indent=1)
    print(text)
    if asked.json is not None:
        asked.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
