"""What a determination still asks for: documentation to hold, facts to supply, and who can supply them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Literal

from crosspayer.determination.model import Documentation, Finding, InfoNeeded
from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Ask, Fact

_INDEX = re.compile(r"\[\d+\]")
_ENTITIES = {"lines": "line", "coverages": "coverage", "history.lines": "past", "diagnoses": "diagnosis_codes"}
_PERFORMER = ("rendering.", "line.rendering.", "referring.", "certifying.")
_LOCATION = ("place_of_service", "line.place_of_service", "setting", "bill_type", "patient.stay")
_TIMEFRAME = ("line.service_date", "received_date", "evaluation_date")
_DETAIL = ("line.code", "line.modifiers", "line.revenue_code")
InfoCode = Literal["performer", "location", "timeframe", "detail_code", "other"]


@lru_cache(maxsize=4096)
def catalogue_path(path: str) -> str:
    """The catalogue's name of a fact given by its full path: `lines[2].units` is `line.units`."""
    plain = _INDEX.sub("", path)
    for written, entity in _ENTITIES.items():
        if plain == written:
            return entity
        if plain.startswith(f"{written}."):
            return f"{entity}.{plain.removeprefix(f'{written}.')}"
    return plain


def ask_for(path: str, payer_facts: Mapping[str, Fact]) -> str:
    """Who can supply a fact; tables and parameters past their last day are for the person who keeps the rules."""
    if path.startswith(("table:", "parameter:")):
        return "policy_team"
    if path == "coverage.plan":
        return Ask.FRONT_DESK.value
    fact = CATALOGUE.get(catalogue_path(path)) or payer_facts.get(path)
    return fact.ask.value if fact is not None else Ask.BILLER.value


def info_code(path: str) -> InfoCode:
    """The CRD info-needed code of a fact."""
    name = catalogue_path(path)
    if name.startswith(_PERFORMER):
        return "performer"
    if name in _LOCATION:
        return "location"
    if name in _TIMEFRAME:
        return "timeframe"
    return "detail_code" if name in _DETAIL else "other"


def documentation(findings: Sequence[Finding], payer_facts: Mapping[str, Fact]) -> tuple[Documentation, ...]:
    """What the record must show: for failed demands what is known to be missing, for open ones what is not known."""
    rules: dict[tuple[str, Literal["missing", "unknown"]], list[str]] = {}
    for finding in findings:
        if finding.effect != "documentation_needed" or finding.kind not in ("fail", "open"):
            continue
        state: Literal["missing", "unknown"] = "missing" if finding.kind == "fail" else "unknown"
        for path in _lacking(finding):
            rules.setdefault((path, state), []).append(finding.rule)
    return tuple(
        Documentation(
            element=path.removeprefix("documentation."),
            path=path,
            state=state,
            needed="clinical" if (ask := ask_for(path, payer_facts)) == Ask.CLINICIAN.value else "admin",
            ask=ask,
            rules=tuple(sorted(set(names))),
        )
        for (path, state), names in sorted(rules.items())
    )


def _lacking(finding: Finding) -> Iterable[str]:
    if finding.kind == "open":
        return finding.missing
    absent = [path for path, value in finding.facts.items() if value is False]
    return absent or finding.facts


def info_needed(
    findings: Sequence[Finding], payer_facts: Mapping[str, Fact], plan_missing: bool
) -> tuple[InfoNeeded, ...]:
    """The facts that keep the determination conditional, by kind and by who can supply them."""
    rules: dict[tuple[InfoCode, str], dict[str, set[str]]] = {}
    waiting = [
        finding
        for finding in findings
        if finding.kind == "open"
        and (finding.effect in ("not_covered", "reduce_units", "auth_needed", "review") or finding.weak_source)
    ]
    for finding in waiting:
        for path in finding.missing:
            key = (info_code(path), ask_for(path, payer_facts))
            rules.setdefault(key, {}).setdefault(path, set()).add(finding.rule)
    if plan_missing:
        rules.setdefault(("other", Ask.FRONT_DESK.value), {}).setdefault("coverage.plan", set())
    return tuple(
        InfoNeeded(code, ask, tuple(sorted(paths)), tuple(sorted(set().union(*paths.values()))))
        for (code, ask), paths in sorted(rules.items())
    )
