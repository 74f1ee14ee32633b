"""Evidence as the generator writes it: steps that fill a dict of facts used, or of paths missing, in document order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from crosspayer.engine.compile.writer import Writer


class Atom(NamedTuple):
    """One entry: the expression of its path and, for a used fact, of the value shown."""

    path: str
    shown: str = "0"


class Splice(NamedTuple):
    """Several entries that some expression yields: pairs for used facts, paths for missing ones."""

    text: str


class When(NamedTuple):
    """Steps that are taken only where an expression holds."""

    test: str
    steps: tuple[Step, ...]


class Each(NamedTuple):
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


class Evidence:
    """Writes evidence; what the walk over a list yields is worked out once for all rules of a line that want it."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._walks: dict[tuple[str, Each], str] = {}

    def used(self, steps: Sequence[Step], indent: str) -> tuple[list[str], str]:
        """Statements, and the expression of the dict of facts used."""
        if all(isinstance(step, Atom) for step in steps):
            return [], f"{{{', '.join(f'{step.path}: {step.shown}' for step in steps if isinstance(step, Atom))}}}"
        return [f"{indent}u = {{}}", *self._statements(steps, indent, "u", "u[{0}] = {1}", "u.update({0})")], "u"

    def missing(self, steps: Sequence[Step], indent: str) -> tuple[list[str], str]:
        """Statements, and the expression of the tuple of missing paths, each once."""
        paths = list(dict.fromkeys(step.path for step in steps if isinstance(step, Atom)))
        if all(isinstance(step, Atom) for step in steps) and (len(paths) <= 1 or not any(" if " in p for p in paths)):
            return [], f"({''.join(f'{path}, ' for path in paths)})"
        if len(steps) == 1 and isinstance(steps[0], Splice):
            return [], steps[0].text
        statements = self._statements(steps, indent, "m", "m[{0}] = 0", "m.update(dict.fromkeys({0}))")
        return [f"{indent}m = {{}}", *statements], "tuple(m)"

    def _statements(self, steps: Sequence[Step], indent: str, into: str, atom: str, splice: str) -> Iterator[str]:
        for step in steps:
            match step:
                case Atom(path, shown):
                    yield indent + atom.format(path, shown)
                case Splice(text):
                    yield indent + splice.format(text)
                case When(test, inner):
                    yield f"{indent}if {test}:"
                    yield from self._statements(inner, indent + "    ", into, atom, splice)
                case Each():
                    yield f"{indent}{into}.update({self._walked(step, into, atom, splice)})"

    def _walked(self, step: Each, into: str, atom: str, splice: str) -> str:
        """The expression of what a walk yields."""
        text = self._walks.get((into, step))
        if text is None:
            number = len(self._walks)
            lines = [
                f"    {into} = e[{number}] = {{}}", f"    {step.head}", *(f"        {line}" for line in step.body),
                *self._statements(step.steps, "        ", into, atom, splice), f"    return {into}",
            ]  # fmt: skip
            called = self._writer.helper(lines, "e")
            text = self._walks[into, step] = f"(e[{number}] if {number} in e else {called})"
        return text
