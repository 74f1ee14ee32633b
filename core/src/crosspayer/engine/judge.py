"""One rule, one line: when it applies, what it requires, what follows."""

from __future__ import annotations

from crosspayer.determination.model import Finding, Kind, LikelyAdjustment
from crosspayer.engine import caps
from crosspayer.engine.bind import BoundRule
from crosspayer.engine.interpret import decide
from crosspayer.engine.scope import Scope
from crosspayer.engine.truth import Decided, all_of, joined
from crosspayer.policy.model import EFFECTS, STAGES, Adjustment, Branch, Cap, Rule
from crosspayer.policy.vocabulary import Effect

TRUE = Decided(True)


def judge(bound: BoundRule, scope: Scope) -> Finding:
    """What the rule says of the line in scope."""
    rule = bound.rule
    if deferred(rule, scope.facts.stage):
        return finding(bound, "deferred", None, Decided(None))
    whose = _judged(scope)
    if rule.by_day:
        scope = scope.at_line(None)
    when = decide(bound.when, scope) if bound.when is not None else TRUE
    if when.truth is False:
        return finding(bound, "not_applicable", None, when)
    when = all_of([whose, when])
    if isinstance(bound.require, Cap):
        outcome = caps.judge(bound.require, scope, decide)
        require, payable = outcome.decided, outcome.payable
    else:
        require, payable = decide(bound.require, scope), None
    if require.truth is True:
        used = joined([when.used, require.used]) if when.truth else require.used
        return finding(bound, "pass", None, Decided(True, used), payable, applies=when.truth is True)
    if when.truth is None or require.truth is None:
        return finding(bound, "open", None, Decided(None, (), joined([when.missing, require.missing])))
    failed = Decided(False, joined([when.used, require.used]))
    if not bound.branches:
        return finding(bound, "fail", None, failed, payable)
    return _branched(bound, scope, failed, payable)


def _judged(scope: Scope) -> Decided:
    """Whether the rule judges this line: it was chosen by the line's code, so unknown where the code is."""
    if scope.line is None or scope.line.thing.code is not None:
        return TRUE
    return Decided(None, (), (f"{scope.line.prefix}.code",))


def _branched(bound: BoundRule, scope: Scope, failed: Decided, payable: int | None) -> Finding:
    """The first branch that fits. Where it is unknown which one fits and their effects differ, the finding is open."""
    possible: list[Branch | None] = []
    missing: list[tuple[str, ...]] = []
    used = [failed.used]
    for branch in bound.branches:
        fits = decide(branch.when, scope) if branch.when is not None else TRUE
        if fits.truth is not None:
            used.append(fits.used)  # a branch that does not fit leaves the choice to those after it
        if fits.truth is False:
            continue
        possible.append(branch)
        if fits.truth is True:
            break
        missing.append(fits.missing)
    else:
        possible.append(None)  # the rule's own effect
    effects = {branch.effect if branch else bound.effect for branch in possible}
    if len(effects) == 1:
        return finding(bound, "fail", possible[-1], Decided(False, joined(used)), payable)
    worst = min(possible, key=lambda branch: EFFECTS.index((branch.effect if branch else bound.effect) or "inform"))
    return finding(bound, "open", worst, Decided(None, (), joined(missing)))


def deferred(rule: Rule, stage: str | None) -> bool:
    """Whether the rule's facts cannot exist yet at the encounter's stage; an unknown stage defers nothing."""
    return stage is not None and STAGES.index(rule.stage) > STAGES.index(stage)


def undated(bound: BoundRule, path: str, stage: str | None) -> Finding:
    """A rule whose day is unknown: open until the day is supplied, unless it is not its stage yet."""
    if deferred(bound.rule, stage):
        return finding(bound, "deferred", None, Decided(None))
    return finding(bound, "open", None, Decided(None, (), (path,)))


def finding(
    bound: BoundRule,
    kind: Kind,
    branch: Branch | None,
    decided: Decided,
    payable: int | None = None,
    *,
    applies: bool = True,
) -> Finding:
    """The finding with the effect, remedy and adjustment of the branch that holds, or of the rule.

    A pass grants what the rule grants only where the rule surely applies (`applies`).
    """
    rule = bound.rule
    wanted, effect, adjustment, remedy = _consequence(bound, branch)
    failed = kind == "fail"
    return Finding(
        rule=rule.id,
        kind=kind,
        effect=effect,
        topic=rule.topic,
        title=rule.title,
        facts=dict(decided.used),
        missing=decided.missing,
        cites=tuple(source.id for source in rule.cites),
        grade=bound.standing.grade,
        confidence=bound.standing.confidence,
        weak_source=bound.weak(effect, wanted),
        adjustment=_likely(adjustment) if failed and adjustment is not None else None,
        remedy=(remedy or None) if kind in ("fail", "open") else None,
        payable=payable if kind in ("pass", "fail") else None,
        grants=rule.grants if kind == "pass" and applies and bound.standing.firm else None,
        carries=rule.carries,
    )


def alike(bound: BoundRule, found: Finding) -> Finding:
    """What a rule finds that asks just what another asked, and found.

    Neither has branches, nor grants anything only where it applies.
    """
    return finding(bound, found.kind, None, Decided(None, tuple(found.facts.items()), found.missing), found.payable)


def _consequence(bound: BoundRule, branch: Branch | None) -> tuple[Effect, Effect, Adjustment | None, str]:
    """Wanted effect, allowed effect, adjustment and remedy. Without a branch and an own effect: the worst branch."""
    rule = bound.rule
    if branch is not None:
        index = bound.branches.index(branch)
        return rule.branches[index].effect, branch.effect, branch.adjustment, branch.remedy
    if rule.effect is not None and bound.effect is not None:
        return rule.effect, bound.effect, rule.adjustment, rule.remedy
    index = min(range(len(rule.branches)), key=lambda i: EFFECTS.index(rule.branches[i].effect))
    return rule.branches[index].effect, bound.branches[index].effect, None, rule.remedy


def _likely(adjustment: Adjustment) -> LikelyAdjustment:
    return LikelyAdjustment(
        adjustment.group, adjustment.carc, adjustment.rarc, tuple(source.id for source in adjustment.cites)
    )
