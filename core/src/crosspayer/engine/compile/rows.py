"""What a look-up on a known key comes to, row by row: worked out when a row is first asked for, then remembered."""

from __future__ import annotations

from typing import Any

from crosspayer.engine.interpret import cell_test
from crosspayer.engine.truth import Truth
from crosspayer.language.tree import Compare, HasRow, Literal, LookUp
from crosspayer.policy.tables import TableView


class Rows(dict[tuple[Any, ...], Truth]):
    """The truth of a look-up by its key."""

    def __init__(self, node: HasRow | Compare, view: TableView) -> None:
        super().__init__()
        self._node, self._view = node, view
        self._miss: Truth = False if view.complete else None
        if isinstance(node, HasRow) and not node.expected and view.complete:
            self._miss = True

    def __missing__(self, key: tuple[Any, ...]) -> Truth:
        row = self._view.rows.get(key)
        if row is None:
            return self._miss  # not remembered: there is no end of keys without a row
        node = self._node
        found = self[key] = node.expected if isinstance(node, HasRow) else cell_test(node, row)
        return found


def by_key(node: HasRow | Compare) -> tuple[LookUp, Rows] | None:
    """The look-up of a node with what it comes to; None where that does not depend on the key alone."""
    look_up = node.look_up if isinstance(node, HasRow) else node.left
    if not isinstance(look_up, LookUp) or not isinstance(look_up.table, TableView):
        return None
    if isinstance(node, Compare):
        rights = node.right if isinstance(node.right, tuple) else (node.right,)
        if not all(isinstance(right, Literal) for right in rights):
            return None
    return look_up, Rows(node, look_up.table)
