"""What became of every plugin that was found."""

from __future__ import annotations

from typing import Literal

import msgspec

Stage = Literal["name", "manifest", "import", "register", "contract", "document"]


class PluginReport(msgspec.Struct, frozen=True):
    """One plugin: what it is, where it comes from, whether it answers, and if not, at which stage it failed and why."""

    id: str
    kind: Literal["data", "code", "pack", "unknown"]
    distribution: str
    version: str
    state: Literal["loaded", "quarantined"]
    stage: Stage | None = None
    reason: str | None = None


class PluginList(msgspec.Struct, frozen=True):
    """Every plugin that was found."""

    format: Literal["crosspayer/plugins/1"]
    plugins: tuple[PluginReport, ...]


class Quarantine(Exception):
    """A plugin cannot be used: the stage it failed at and the reason, one sentence that says how to mend it."""

    def __init__(self, stage: Stage, reason: str) -> None:
        super().__init__(stage, reason)
        self.stage: Stage = stage
        self.reason = reason
