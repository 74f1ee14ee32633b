"""What `policy coverage --format json` prints, as types: the schema is made from them."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict


class Exercised(TypedDict):
    """How many are exercised, of how many, in per cent rounded down to one decimal."""

    exercised: int
    all: int
    percent: float


class Missing(TypedDict):
    """Something no case exercises; `where` is `file:line`, `case` says which case would."""

    whose: str
    kind: Literal["finding", "branch", "day"]
    what: str
    where: str
    case: str


class Equivalent(TypedDict):
    """A mutant that would change no answer, and why."""

    rules: list[str]
    where: str
    what: str
    why: str


class SurvivingMutant(TypedDict):
    """A wrong rule that no case catches. `reached` says whether a case gets there; `case` would kill it."""

    rules: list[str]
    where: str
    what: str
    reached: bool
    case: str


class Mutants(TypedDict):
    """How many wrong rules the cases catch, and which they do not."""

    killed: int
    all: int
    percent: float
    equivalent: list[Equivalent]
    survivors: list[SurvivingMutant]


class PluginCoverage(TypedDict):
    """What the cases of one plugin exercise; `mutants` is left out where they were not asked for."""

    plugin: str
    cases: int
    coverage: Exercised
    rules: Exercised
    findings: Exercised
    branches: Exercised
    days: Exercised
    missing: list[Missing]
    mutants: NotRequired[Mutants]


class CoverageDocument(TypedDict):
    """What the cases of plugins exercise and which wrong rules they catch."""

    format: Literal["crosspayer/coverage/1"]
    plugins: list[PluginCoverage]
