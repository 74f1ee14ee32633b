"""What findings add up to, by which kinds of findings there are: the lattice asked once for each combination."""

from __future__ import annotations

from collections.abc import Sequence
from threading import Lock

from crosspayer.determination.lattice import add_up, reservations, told, topic_states
from crosspayer.determination.model import Covered, Finding, PriorAuth, Silence, Verdict

Short = tuple[Verdict | None, Covered, PriorAuth, Silence | None, bool]
"""Verdict, covered, prior authorization, silence, and whether units are payable at all."""

MOST = 4096
"""Combinations remembered; beyond it they are worked out afresh."""


class Totals:
    """For one seat: every kind of finding has a bit, and every set of bits its sum.

    Findings that the lattice cannot tell apart share a bit. A bit says nothing of a patient.
    """

    def __init__(self, *, in_policy: bool, lapsed: bool, silence: Silence | None, silent: Silence) -> None:
        """`silence` is the seat's, `silent` the one where no rule speaks of the line."""
        self._in_policy, self._lapsed, self._silence, self._silent = in_policy, lapsed, silence, silent
        self.known: dict[int, Short] = {}
        self._bits: dict[tuple[object, ...], int] = {}
        self._kinds: list[Finding] = []
        self._lock = Lock()

    def bit(self, finding: Finding) -> int:
        """The bit of findings of this kind."""
        f = finding
        key = (f.kind, f.effect, f.weak_source, f.grants, f.payable is not None, f.payable == 0)
        found = self._bits.get(key)
        if found is None:
            with self._lock:
                found = self._bits.get(key)
                if found is None:
                    found = 1 << len(self._kinds)
                    self._kinds.append(finding)
                    self._bits[key] = found
        return found

    def short(self, mask: int) -> Short:
        """What these kinds of findings come to."""
        found = self.known.get(mask)
        if found is None:
            found = self._short([kind for index, kind in enumerate(self._kinds) if mask >> index & 1])
            if len(self.known) < MOST:
                self.known[mask] = found
        return found

    def _short(self, kinds: list[Finding]) -> Short:
        spoken = [kind for kind in kinds if kind.kind != "deferred"]
        if not told(spoken, self._in_policy):
            return None, "indeterminate", "indeterminate", self._silent, False
        topics = topic_states(spoken, [kind for kind in kinds if kind.kind == "deferred"])
        total = add_up(spoken, None, reservations(self._silence, self._lapsed, topics))
        return total.verdict, total.covered, total.prior_auth, self._silence, total.verdict != "not_covered"


def payable(findings: Sequence[Finding], billed: int | None, verdict: Verdict | None) -> int | None:
    """The units that the caps among the findings leave."""
    if billed is None or verdict is None:
        return None
    if verdict == "not_covered":
        return 0
    caps = [f.payable for f in findings if f.payable is not None and f.kind == "fail" and f.effect == "reduce_units"]
    return min([billed, *caps])
