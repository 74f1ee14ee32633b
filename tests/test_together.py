"""All shipped plugins together: everybody answers, nobody blesses a bare claim, and nobody needs the others."""

import json
import subprocess
import sys
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import msgspec
import pytest
from crosspayer.determination.model import Determination
from crosspayer.encounter.read import Encounter
from crosspayer.engine.bind import rule_nodes
from crosspayer.engine.engine import Engine
from crosspayer.language.tree import FactRef
from crosspayer.plugins import discovery
from crosspayer.plugins.build import build_engine, install
from crosspayer.schemas.validate import problems
from hypothesis import given, settings
from hypothesis import strategies as st

ROOT = Path(__file__).parents[1]
EXAMPLES = sorted((ROOT / "examples").glob("*.json"))
BARE = ROOT / "examples" / "bare-claim.json"
PAYERS = ("aetna", "bcbs", "cigna", "medicare", "uhc")
PACK = "therapy-common"

NOT_ON_A_CLAIM = {
    "minutes": (
        "line.minutes", "line.therapist_minutes", "line.assistant_minutes", "line.training_minutes",
        "line.countable_minutes", "line.units_supported", "line.units_ceiling", "line.unit_methods_agree",
        "line.assistant_units", "day.units_supported", "day.timed_minutes", "day.total_timed_minutes",
    ),
    "plan of care": ("plan_of_care.", "progress_report."),
    "documentation": ("documentation.",),
}  # fmt: skip
"""What an 837P cannot carry: facts, or the beginnings of their paths."""

DECIDED_BY_THE_CLAIM = {
    "bcbs/assistants/horizon-modifier-absent": "passes where the line carries no assistant modifier at all",
    "bcbs/assistants/horizon-modifier-present": "passes where the line carries the modifier, needed or not",
}
"""Rules about such facts that a claim alone decides, with the reason."""


@cache
def engine() -> Engine:
    return build_engine(plugins=PAYERS)


def evaluated(encounter: Encounter, of: Engine | None = None) -> list[Determination]:
    return list((of or engine()).evaluate(encounter, all_payers=True).determinations)


def read(path: Path) -> Encounter:
    return Encounter.from_json(path.read_bytes(), path.name)


# --- the first command of the README


def test_the_first_example_is_answered_by_all_five_payers_with_sources() -> None:
    command = [sys.executable, "-c", "from crosspayer.cli import main; main()", "evaluate"]
    words = ["examples/knee-orthosis-initial.json", "--all-payers", "--format", "json"]
    done = subprocess.run([*command, *words], cwd=ROOT, capture_output=True, check=False)
    assert (done.returncode in (0, 1, 3), done.stderr) == (True, b"")
    answer = json.loads(done.stdout)
    assert problems(answer, "answer", "answer", dict) == []
    found = answer["determinations"]
    assert {d["payer"] for d in found} == set(PAYERS)
    assert {d["payer"] for d in found if not d["hypothetical"]} == {"medicare"}
    for determination in found:
        assert determination["findings"]
        known = sources_of(determination["payer"])
        for finding in determination["findings"]:
            assert finding["cites"]
            assert set(finding["cites"]) <= known


def sources_of(payer: str) -> set[str]:
    return {source.id for rule in engine().payers[payer].rules for source in rule.cites}


# --- a bare claim


def topics_of(rule_id: str, payer: str) -> set[str]:
    """What a rule asks for that no claim carries."""
    paths = {
        node.fact.path
        for rule in engine().payers[payer].rules
        if rule.id == rule_id
        for node in rule_nodes(rule)
        if isinstance(node, FactRef)
    }
    return {topic for topic, beginnings in NOT_ON_A_CLAIM.items() if any(path.startswith(beginnings) for path in paths)}


def unblessed(found: list[Determination]) -> None:
    """Nobody says more of a bare claim than it can know."""
    for d in found:
        assert d.verdict not in ("covered", "clear")
        assert d.covered != "covered"
        for finding in d.findings:
            if topics_of(finding.rule, d.payer) and finding.rule not in DECIDED_BY_THE_CLAIM:
                assert finding.kind in ("open", "not_applicable"), f"{finding.rule}: {finding.kind}"


def test_a_bare_claim_leaves_open_what_it_cannot_know() -> None:
    found = evaluated(read(BARE))
    assert {d.payer for d in found} == set(PAYERS)
    unblessed(found)
    opened = {
        (d.payer, topic)
        for d in found
        for finding in d.findings
        if finding.kind == "open"
        for topic in topics_of(finding.rule, d.payer)
    }
    assert {topic for _, topic in opened} == set(NOT_ON_A_CLAIM)
    assert {payer for payer, _ in opened} == set(PAYERS)


@pytest.mark.parametrize(("modifiers", "rule"), list(zip((["GP"], ["GP", "CQ"]), DECIDED_BY_THE_CLAIM, strict=True)))
def test_the_rules_a_claim_decides_are_still_such_rules(modifiers: list[str], rule: str) -> None:
    claim = json.loads(BARE.read_bytes())
    claim["lines"][0]["modifiers"] = modifiers
    found = evaluated(Encounter.from_mapping(claim))
    assert topics_of(rule, "bcbs")
    assert "pass" in {f.kind for d in found for f in d.findings if f.rule == rule}


CODES = st.sampled_from(("97760", "97761", "97763", "97110", "97140", "97112", "97530", "97165", "99213", "L1832"))
MARKS = st.sampled_from(("GP", "GO", "GN", "KX", "59", "RT", "LT", "CQ", "CO", "51"))
MODIFIERS = st.lists(MARKS, max_size=4, unique=True)
DAYS = st.dates(min_value=date(2010, 1, 1), max_value=date(2027, 1, 31))
STATES = st.sampled_from(("OH", "TX", "PA", "NJ"))


@st.composite
def bare_claims(draw: st.DrawFn) -> dict[str, Any]:
    """What an 837P carries of an invented visit, for an invented patient of any payer."""
    day = draw(DAYS).isoformat()
    lines = draw(st.lists(st.tuples(CODES, MODIFIERS, st.integers(1, 8), st.integers(10, 400)), min_size=1, max_size=4))
    return {
        "id": "bare",
        "stage": "claim",
        "claim_type": "professional",
        "frequency": "original",
        "coverages": [{"payer": draw(st.sampled_from(PAYERS)), "order": "primary"}],
        "patient": {"age": draw(st.integers(0, 99)), "sex": "female", "state": draw(STATES)},
        "place_of_service": draw(st.sampled_from(("11", "12", "22", "02"))),
        "rendering": {"npi": "1999999984", "discipline": draw(st.sampled_from(("PT", "OT", None)))},
        "billing": {"npi": "1999999992", "state": "OH"},
        "diagnoses": [{"code": "S83.241D"}],
        "lines": [
            {"number": n, "service_date": day, "code": code, "modifiers": marks, "units": units, "charge": charge}
            for n, (code, marks, units, charge) in enumerate(lines, 1)
        ],
    }


@settings(max_examples=25, deadline=None)
@given(bare_claims())
def test_no_bare_claim_is_blessed(claim: dict[str, Any]) -> None:
    unblessed(evaluated(Encounter.from_mapping(claim)))


# --- without one of them


def said(found: list[Determination]) -> dict[str, list[bytes]]:
    """Every payer's determinations as bytes."""
    by_payer: dict[str, list[bytes]] = {}
    for determination in found:
        by_payer.setdefault(determination.payer, []).append(msgspec.json.encode(determination))
    return by_payer


@cache
def without(payer: str) -> Engine:
    return build_engine(plugins=[name for name in PAYERS if name != payer])


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
@pytest.mark.parametrize("payer", PAYERS)
def test_without_a_plugin_only_its_payer_is_missing(payer: str, path: Path) -> None:
    assert list(without(payer).payers) == [name for name in PAYERS if name != payer]
    encounter = read(path)
    before, after = evaluated(encounter), evaluated(encounter, without(payer))
    held = {d.payer for d in before if not d.hypothetical}
    left = {name: answers for name, answers in said(before).items() if name != payer}
    assert {name: answers for name, answers in said(after).items() if name != payer} == left
    assert {d.silence for d in after if d.payer == payer} == ({"plugin_unavailable"} if payer in held else set())


def test_without_the_pack_those_who_use_it_say_how_to_get_it() -> None:
    found = install(candidates=[c for c in discovery.installed() if c.name in PAYERS])
    users = {name for name in PAYERS if engine().payers[name].packs}
    assert users
    assert {payer.id for payer in found.payers} == set(PAYERS) - users
    for report in found.reports:
        if report.id in users:
            assert (report.state, report.stage) == ("quarantined", "document")
            assert f"install it with: pip install 'crosspayer-{PACK}" in (report.reason or "")


def test_the_order_of_installation_changes_nothing() -> None:
    found = install(candidates=[c for c in reversed(discovery.installed()) if c.name in (*PAYERS, PACK)])
    turned = Engine(found.payers, found.reports)
    for path in EXAMPLES:
        assert said(evaluated(read(path), turned)) == said(evaluated(read(path)))
