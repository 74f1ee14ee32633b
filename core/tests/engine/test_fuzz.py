"""Interpreter and compiled form give the same bytes, and a bug planted in any operator would be seen."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from crosspayer.engine.compile import comparisons, conditions, lists, rules
from crosspayer.engine.compile.expressions import Pair
from crosspayer.engine.compile.together import strictest

from core.tests.engine.fuzzing import NODES, compare, drawn, run
from core.tests.engine.policies import DrawNumbers, DrawPolicy

SEEDS = range(200, 216)


def test_both_executions_agree_and_every_node_was_true_false_and_unknown() -> None:
    report = run(SEEDS, encounters=12)
    assert report.differences == []
    assert report.never_drawn() == []
    assert report.findings > 5000


@pytest.mark.heavy
def test_both_executions_agree_for_long() -> None:
    report = run(range(1000, 1040))
    assert report.differences == []


def test_a_report_names_what_was_never_drawn() -> None:
    report = run(range(1), rules=1, encounters=1)
    assert 0 < len(report.never_drawn()) <= 3 * len(NODES)


def swapped(plain: Callable[..., Pair]) -> Callable[..., Pair]:
    return lambda *given: plain(*given).negated


def careless(plain: Callable[..., Pair]) -> Callable[..., Pair]:
    """Unknown taken for false."""

    def pair(texts: Any, *given: Any) -> Pair:
        found = plain(texts, *given)
        return Pair(found.true, texts.atom(f"(not {found.true.text})"))

    return pair


def _text(rule: Any) -> str:
    return json.dumps(rule, default=str)


def caught(
    wanted: Callable[[str], bool],
    plant: Callable[[], None],
    monkeypatch: pytest.MonkeyPatch,
    kind: type[DrawPolicy] = DrawPolicy,
) -> bool:
    """Whether the fuzzer sees a planted bug, on rules that a test picks by their text."""
    for seed in range(40):
        sample = drawn(
            seed, rules=40, encounters=10, wanted=lambda rule: wanted(json.dumps(rule, default=str)), kind=kind
        )
        if not sample.rules:
            continue
        with monkeypatch.context():
            plant()
            if compare(sample):
                return True
            monkeypatch.undo()
    return False


@pytest.mark.parametrize("operator", comparisons.ORDERED)
@pytest.mark.parametrize("bug", [swapped, careless])
def test_a_bug_in_a_comparison_is_caught(operator: str, bug: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def plant() -> None:
        monkeypatch.setitem(comparisons.ORDERED, operator, bug(comparisons.ORDERED[operator]))

    assert caught(lambda text: f'"{operator}"' in text, plant, monkeypatch)


@pytest.mark.parametrize("operator", ["at_most", "less_than", "more_than", "at_least"])
def test_a_limit_off_by_one_is_caught(operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    other = {"at_most": "less_than", "less_than": "at_most", "more_than": "at_least", "at_least": "more_than"}

    def plant() -> None:
        monkeypatch.setitem(comparisons.ORDERED, operator, comparisons.ORDERED[other[operator]])

    assert caught(lambda text: f'"{operator}"' in text, plant, monkeypatch)


def test_a_test_for_several_payers_that_is_too_weak_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def plant() -> None:
        monkeypatch.setattr(rules, "strictest", lambda nodes, *, truth: strictest(nodes, truth=not truth))

    assert caught(lambda _: True, plant, monkeypatch, DrawNumbers)


@pytest.mark.parametrize("operator", comparisons.MEMBERS)
def test_a_bug_in_a_membership_is_caught(operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def plant() -> None:
        monkeypatch.setitem(comparisons.MEMBERS, operator, comparisons.MEMBERS[operator][::-1])

    assert caught(lambda text: f'"{operator}"' in text, plant, monkeypatch)


@pytest.mark.parametrize("operator", comparisons.TABLES)
def test_a_bug_in_a_table_membership_is_caught(operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def plant() -> None:
        monkeypatch.setitem(comparisons.TABLES, operator, comparisons.TABLES[operator][::-1])

    assert caught(lambda text: f'"{operator}": {{"table"' in text, plant, monkeypatch)


@pytest.mark.parametrize("operator", comparisons.MASKED)
def test_a_bug_in_a_mask_is_caught(operator: str, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, wanted = comparisons.MASKED[operator]

    def plant() -> None:
        monkeypatch.setitem(comparisons.MASKED, operator, (kind, not wanted))

    assert caught(lambda text: f'"{operator}"' in text and "diagnosis_codes" in text, plant, monkeypatch)


@pytest.mark.parametrize(
    "node",
    [
        "all_of",
        "any_of",
        "none_of",
        "days_from",
        "sum_of",
        "count_of",
        "any_line",
        "no_line",
        "every_line",
        "any_past_line",
        "any_coverage",
        "look_up",
    ],
)
def test_a_bug_in_a_node_is_caught(node: str, monkeypatch: pytest.MonkeyPatch) -> None:
    plain = conditions.Conditions._pair

    def plant() -> None:
        monkeypatch.setattr(conditions.Conditions, "_pair", lambda *given: plain(*given).negated)

    assert caught(lambda text: f'"{node}"' in text, plant, monkeypatch)


@pytest.mark.parametrize("part", ["used", "missing", "_complete_used", "_complete_missing", "_item_missing"])
def test_evidence_of_lists_that_is_lost_is_caught(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def plant() -> None:
        monkeypatch.setattr(lists.Lists, part, lambda *_: ())

    assert caught(lambda text: "_line" in text or "_coverage" in text, plant, monkeypatch)


def test_a_list_wrongly_taken_for_complete_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    def plant() -> None:
        monkeypatch.setattr(lists.Lists, "_complete", lambda walks, *_: walks.texts.always)

    assert caught(lambda text: "no_line" in text, plant, monkeypatch)
