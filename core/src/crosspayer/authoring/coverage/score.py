"""The mutation score: which wrong changes the cases catch, and which survive."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from crosspayer.authoring.coverage.bench import Bench, Trial
from crosspayer.authoring.coverage.mutants import Mutant, mutants


@dataclass(frozen=True, slots=True)
class Score:
    """Mutants killed and survived, and those that change nothing and do not count; in the order of the documents."""

    killed: tuple[tuple[Mutant, Trial], ...]
    survived: tuple[Mutant, ...]
    equivalent: tuple[Mutant, ...]

    @property
    def total(self) -> int:
        """Mutants that count."""
        return len(self.killed) + len(self.survived)


def score(bench: Bench, every: Iterable[Mutant]) -> Score:
    """Each mutant against the cases that can tell it apart."""
    killed, survived, equivalent = [], [], []
    for mutant in every:
        if mutant.same:
            equivalent.append(mutant)
        else:
            by = killer(bench, mutant)
            if by is None:
                survived.append(mutant)
            else:
                killed.append((mutant, by))
    return Score(tuple(killed), tuple(survived), tuple(equivalent))


def killer(bench: Bench, mutant: Mutant) -> Trial | None:
    """The first case that gets another answer than it expects."""
    found = None
    for trial in bench.told(mutant.swap.keys()):
        if _reaches(trial, mutant) and bench.kills(trial, mutant.swap):
            found = trial
            break
    bench.forget()
    return found


def _reaches(trial: Trial, mutant: Mutant) -> bool:
    """Whether the case's answer can depend on what was changed."""
    if mutant.days is not None:
        return not mutant.days.isdisjoint({trial.day_of(rule) for rule in mutant.swap})
    if trial.rule in mutant.reached and trial.judged.intersection(mutant.swap) == {trial.rule}:
        return bool(trial.truths.get(mutant.reached[trial.rule]))
    return True


def reached(bench: Bench, mutant: Mutant) -> bool:
    """Whether some case about the rule gets as far as what was changed."""
    return any(_reaches(trial, mutant) for name in mutant.rules for trial in bench.by_id[name])


def mutants_of(bench: Bench) -> list[Mutant]:
    """The mutants of the plugin's own rules."""
    return mutants(bench.rules, bench.library)
