"""Evidence as the generator writes it: steps that fill a dict of facts used, or of paths missing, in document order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Atom:
    """One entry: the expression of its path and, for a used fact, of the value shown."""

    path: str
    shown: str = "0"


@dataclass(frozen=True, slots=True)
class Splice:
    """Several entries that some expression yields: pairs for used facts, paths for missing ones."""

    text: str


@dataclass(frozen=True, slots=True)
class When:
    """Steps that are taken only where an expression holds."""

    test: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Each:
    """Steps that are taken for each item of a list: the loop's head, what it sets, and the steps."""

    head: str
    body: tuple[str, ...]
    steps: tuple[Step, ...]


Step = Atom | Splice | When | Each


def only(test: str, steps: Sequence[Step]) -> tuple[Step, ...]:
    """The steps under a test; none where the test never holds."""
    if test == "False" or not steps:
        return ()
    return tuple(steps) if test == "True" else (When(test, tuple(steps)),)


def facts_used(steps: Sequence[Step], indent: str) -> tuple[list[str], str]:
    """Statements, and the expression of the dict of facts used."""
    if all(isinstance(step, Atom) for step in steps):
        return [], f"{{{', '.join(f'{step.path}: {step.shown}' for step in steps if isinstance(step, Atom))}}}"
    lines = [f"{indent}u = {{}}"]
    lines += _statements(steps, indent, "u", "u[{0}] = {1}", "u.update({0})")
    return lines, "u"


def paths_missing(steps: Sequence[Step], indent: str) -> tuple[list[str], str]:
    """Statements, and the expression of the tuple of missing paths, each once."""
    paths = list(dict.fromkeys(step.path for step in steps if isinstance(step, Atom)))
    if all(isinstance(step, Atom) for step in steps) and (len(paths) <= 1 or not any(" if " in p for p in paths)):
        return [], f"({''.join(f'{path}, ' for path in paths)})"
    if len(steps) == 1 and isinstance(steps[0], Splice):
        return [], steps[0].text
    lines = [f"{indent}m = {{}}"]
    lines += _statements(steps, indent, "m", "m[{0}] = 0", "m.update(dict.fromkeys({0}))")
    return lines, "tuple(m)"


def _statements(steps: Sequence[Step], indent: str, into: str, atom: str, splice: str) -> Iterator[str]:
    for step in steps:
        match step:
            case Atom(path, shown):
                yield indent + atom.format(path, shown)
            case Splice(text):
                yield indent + splice.format(text)
            case When(test, inner):
                yield f"{indent}if {test}:"
                yield from _statements(inner, indent + "    ", into, atom, splice)
            case Each(head, body, inner):
                yield f"{indent}{head}"
                yield from (f"{indent}    {line}" for line in body)
                yield from _statements(inner, indent + "    ", into, atom, splice)
