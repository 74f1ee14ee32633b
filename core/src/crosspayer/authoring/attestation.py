"""What installed plugins prove of themselves: their cases, run where they are installed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Literal

import msgspec

from crosspayer.authoring.cases import Case, CaseResult, run_case
from crosspayer.authoring.target import open_target
from crosspayer.engine.determine import ENGINE_VERSION
from crosspayer.errors import InputError, Problem
from crosspayer.policy.model import Rule

Watched = Callable[[Sequence[Case], str], Iterable[Case]]
"""Hands on the cases one by one and may show how far it is."""


class PluginAttestation(msgspec.Struct, frozen=True):
    """One plugin: its version, the digests of its documents, and how its cases came out.

    `documents` is the digest of everything the plugin holds, `policies` those of its policies by id, `packs` those of
    the packs it uses. `rules` counts its own rules, `rules_tested` those that cases speak of. `failed` names the
    cases that do not hold.
    """

    id: str
    distribution: str
    version: str
    documents: str
    policies: dict[str, str]
    packs: dict[str, str]
    rules: int
    rules_tested: int
    cases: int
    passed: int
    failed: tuple[str, ...]


class Attestation(msgspec.Struct, frozen=True):
    """What was run, with which core, and on which day if that was given."""

    engine: str
    on: date | None
    plugins: tuple[PluginAttestation, ...]
    format: Literal["crosspayer/attestation/1"] = "crosspayer/attestation/1"

    def to_json(self) -> bytes:
        """The attestation as canonical JSON."""
        return msgspec.json.encode(self)


def attest(
    names: Iterable[str], on: date | None, watched: Watched
) -> tuple[Attestation, dict[str, list[CaseResult]], dict[str, Rule], list[Problem]]:
    """Run the cases of installed plugins.

    The attestation, every result by plugin, the rules by full id, and why other plugins cannot be run.
    """
    found, results, by_id, broken = [], {}, dict[str, Rule](), list[Problem]()
    for name in sorted(set(names)):
        try:
            target = open_target(name)
            engine = target.engine()
            cases = target.cases()
        except InputError as error:
            broken += error.problems
            continue
        mine = [run_case(case, engine) for case in watched(cases, f"cases of {name}")]
        results[name] = mine
        by_id |= {rule.id: rule for rule in engine.payers[name].rules}
        rules = [rule.id for rule in engine.payers[name].rules if rule.id.startswith(f"{name}/") and not rule.off]
        failed = tuple(result.case.label for result in mine if result.differences)
        loaded = target.library.plugin
        uses = {use["pack"] for use in loaded.manifest.data.get("uses", [])}
        found.append(
            PluginAttestation(
                id=name,
                distribution=loaded.candidate.distribution,
                version=loaded.version,
                documents=target.library.digest,
                policies={document.data["id"]: document.digest for document in target.library.policies},
                packs={pack: target.installation.libraries[pack].digest for pack in sorted(uses)},
                rules=len(set(rules)),
                rules_tested=len(set(rules) & {case.rule for case in cases}),
                cases=len(mine),
                passed=len(mine) - len(failed),
                failed=failed,
            )
        )
    return Attestation(ENGINE_VERSION, on, tuple(found)), results, by_id, broken
