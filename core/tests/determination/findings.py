"""Findings made outright, for the tests of what they add up to."""

from __future__ import annotations

from typing import Any

from crosspayer.determination.model import Finding


def finding(kind: str, effect: str, **changes: Any) -> Finding:
    """A finding of an invented rule."""
    told: dict[str, Any] = {
        "rule": "acme/main/r", "kind": kind, "effect": effect, "topic": "units", "title": "", "facts": {},
        "missing": (), "cites": ("acme/notice",), "grade": "primary", "confidence": "medium", "weak_source": False,
        "adjustment": None, "remedy": None, "payable": None, "grants": None, "carries": (),
    }  # fmt: skip
    return Finding(**{**told, **changes})
