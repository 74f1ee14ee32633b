"""Python expressions as the generator handles them: interned texts that know their parts, to be shared."""

from __future__ import annotations

from collections.abc import Iterable

from crosspayer.engine.compile.late import NAME


class Expr:
    """A boolean expression: an atom, or parts joined by `and` or `or`. `uses` counts the places that ask for it."""

    __slots__ = ("_read", "joint", "name", "parts", "text", "uses")

    def __init__(self, text: str, joint: str = "", parts: tuple[Expr, ...] = ()) -> None:
        self.text, self.joint, self.parts = text, joint, parts
        self.uses = 0
        self.name = ""  # the local it has been given, once it is shared
        self._read: frozenset[str] | None = None

    @property
    def read(self) -> frozenset[str]:
        """Every name in it."""
        if self._read is None:
            parts = [part.read for part in self.parts]
            self._read = frozenset().union(*parts) if parts else frozenset(NAME.findall(self.text))
        return self._read


class Pair:
    """The truth of a condition as two expressions: definitely true, definitely false. Neither: unknown.

    Where the tests in `known` hold, one of them does; None: no such tests can be named.
    """

    __slots__ = ("false", "known", "true")

    def __init__(self, true: Expr, false: Expr, known: tuple[str, ...] | None = None) -> None:
        self.true, self.false, self.known = true, false, known

    @property
    def negated(self) -> Pair:
        """The opposite; unknown stays unknown."""
        return Pair(self.false, self.true, self.known)


def all_known(pairs: Iterable[Pair]) -> tuple[str, ...] | None:
    """Tests under which all of these conditions are known."""
    found: dict[str, None] = {}
    for pair in pairs:
        if pair.known is None:
            return None
        found.update(dict.fromkeys(pair.known))
    return tuple(found)


class Expressions:
    """Interns expressions by their text: equal texts are one object, whoever wrote them."""

    def __init__(self) -> None:
        self.known: dict[str, Expr] = {}
        self.always = self.atom("True")
        self.never = self.atom("False")

    def atom(self, text: str) -> Expr:
        """A plain expression."""
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = Expr(text)
        return found

    def every(self, parts: Iterable[Expr]) -> Expr:
        """All of them."""
        return self._joined("and", parts, self.always, self.never)

    def some(self, parts: Iterable[Expr]) -> Expr:
        """At least one of them."""
        return self._joined("or", parts, self.never, self.always)

    def _joined(self, joint: str, parts: Iterable[Expr], neutral: Expr, decisive: Expr) -> Expr:
        kept: dict[str, Expr] = {}
        for part in parts:
            if part is decisive:
                return decisive
            if part is not neutral:
                kept[part.text] = part
        if not kept:
            return neutral
        if len(kept) == 1:
            return next(iter(kept.values()))
        text = f"({f' {joint} '.join(kept)})"
        found = self.known.get(text)
        if found is None:
            found = self.known[text] = Expr(text, joint, tuple(kept.values()))
            for part in found.parts:
                part.uses += 1
        return found
