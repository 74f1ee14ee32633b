"""What a look-up on a known key comes to, row by row: worked out when a row is first asked for, then remembered."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from crosspayer.encounter.fact import Type
from crosspayer.engine.interpret import cell_test, decide
from crosspayer.engine.scope import Scope
from crosspayer.engine.truth import Truth
from crosspayer.language.tree import Compare, FactRef, HasRow, Literal, LookUp, Operand
from crosspayer.policy.tables import TableView

MOST = 4096
"""Keys with unknown parts that are remembered."""
NOWHERE = Scope(None, "", None, None, None, None)


class Rows(dict[tuple[Any, ...], Truth]):
    """The truth of a look-up by its key; None in a key is a part that is not known."""

    def __init__(self, node: HasRow | Compare) -> None:
        super().__init__()
        look_up = node.look_up if isinstance(node, HasRow) else node.left
        assert isinstance(look_up, LookUp)
        view = look_up.table
        assert isinstance(view, TableView)  # binding replaced every table by its view
        self._node, self._look_up, self._view = node, look_up, view
        self._miss: Truth = False if view.complete else None
        if isinstance(node, HasRow) and not node.expected and view.complete:
            self._miss = True
        self._partly: dict[tuple[Any, ...], Truth] = {}

    def __missing__(self, key: tuple[Any, ...]) -> Truth:
        if None in key:
            return self._partly_known(key)
        row = self._view.rows.get(key)
        if row is None:
            return self._miss  # not remembered: there is no end of keys without a row
        node = self._node
        found = self[key] = node.expected if isinstance(node, HasRow) else cell_test(node, row)
        return found

    def _partly_known(self, key: tuple[Any, ...]) -> Truth:
        """Ask the interpreter, with the known parts as literals; an unknown one is a fact that nobody gives."""
        if key not in self._partly:
            by = tuple(
                (name, _unknown(operand) if value is None else Literal(value, Type.TEXT))
                for (name, operand), value in zip(self._look_up.by, key, strict=True)
            )
            look_up = replace(self._look_up, by=by)
            node = self._node
            asked = replace(node, look_up=look_up) if isinstance(node, HasRow) else replace(node, left=look_up)
            if len(self._partly) >= MOST:
                self._partly.clear()
            self._partly[key] = decide(asked, NOWHERE).truth
        return self._partly[key]


def _unknown(operand: Operand) -> Operand:
    if isinstance(operand, FactRef):
        return FactRef("line", operand.fact._replace(derived=False, falls_back_to="", path=f"line.{operand.fact.path}"))
    return operand


def by_key(node: HasRow | Compare) -> LookUp | None:
    """The look-up of a node; None where what it comes to does not depend on the key alone."""
    look_up = node.look_up if isinstance(node, HasRow) else node.left
    if not isinstance(look_up, LookUp) or not isinstance(look_up.table, TableView):
        return None
    if isinstance(node, Compare):
        rights = node.right if isinstance(node.right, tuple) else (node.right,)
        if not all(isinstance(right, Literal) for right in rights):
            return None
    return look_up
