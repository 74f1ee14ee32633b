"""The quick look at a cap says that a line keeps its units only where the interpreter says so too."""

from __future__ import annotations

import pytest
from crosspayer.engine.compile.caps import Holds

from core.tests.engine.fuzzing import compare, drawn


def capped(seed: int) -> list[str]:
    return compare(drawn(seed, rules=40, encounters=20, wanted=lambda rule: "cap" in rule))


def test_caps_are_decided_as_the_interpreter_does() -> None:
    assert [difference for seed in range(300, 306) for difference in capped(seed)] == []


def test_a_cap_that_always_holds_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Holds, "__call__", lambda *_: True)
    assert any(capped(seed) for seed in range(300, 306))


@pytest.mark.parametrize("part", ["_surely_later"])
def test_lines_wrongly_left_out_are_caught(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Holds, part, lambda *_: True)
    assert any(capped(seed) for seed in range(300, 312))
