"""`policy validate`: no fault hides another."""

import itertools
import shutil

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import errors, spoil
from core.tests.invented import copied

# Faults that keep the lines where they are: the document, what stands in it, what is put in its place.
PLANTED = {
    "manifest: a word": ("payer.toml", 'type = "boolean"', 'type = "bolean"'),
    "manifest: a rule of the pack": ("payer.toml", 'rules = ["initial-once"]', 'rules = ["initial-onc"]'),
    "manifest: a plan": ("payer.toml", 'plans = ["commercial"]', 'plans = ["comercial"]'),
    "sources: a grade": ("sources.toml", 'grade = "quoted"', 'grade = "qoted"'),
    "sources: a date": ("sources.toml", "from = 2020-01-01", 'from = "2020"'),
    "policy: a key of its head": ("policies/units.toml", "title = ", "titel = "),
    "policy: a value": ("policies/units.toml", "value = 4", "value = 4.5"),
    "policy: dates of a value": ("policies/units.toml", "to = 2025-12-31", "to = 2019-12-31"),
    "policy: an operator": ("policies/units.toml", "has_one_of", "has_one_off"),
    "policy: a table": ("policies/units.toml", 'table = "therapy-codes"', 'table = "therapy"'),
    "policy: an effect of a cap": ("policies/units.toml", 'effect = "reduce_units"', 'effect = "not_covered"'),
    "policy: a fact": ("policies/care.toml", '"plan_of_care.certified_on"', '"plan_of_care.certified"'),
    "policy: a fact of a branch": ("policies/care.toml", "certification_refused", "certification_refusd"),
    "policy: a source": ("policies/care.toml", 'cites = ["trade-page"]', 'cites = ["trade"]'),
    "policy: a weak source": ("policies/care.toml", 'effect = "warn"', 'effect = "auth_needed"'),
    "policy: a literal": ("policies/care.toml", 'present", is = true', 'present", is = "yes"'),
    "table: a code": ("tables/therapy-codes.toml", '"97110"', "97110"),
    "case: a rule": ("cases/units.toml", "units/units-a-day", "units/units-a-week"),
    "case: an encounter": ("cases/units.toml", 'encounter = "training"', 'encounter = "trainig"'),
    "case: a fact": ("cases/units.toml", '"lines[0].units" = 4', '"lines[0].unit" = 4'),
    "case: a word": ("cases/units.toml", 'expect = "open"', 'expect = "opn"'),
}


HIDDEN = {
    ("policy: a value", "policy: dates of a value"): "a value that is none has no place in the order of time",
    ("policy: a source", "policy: a weak source"): "a source that is not there has no grade",
}
"""Pairs of which one cannot be told while the other is there, with the reason."""


def test_two_faults_are_told_as_each_of_them_alone(shell: Shell) -> None:
    """No fault hides another, and none brings with it what is told of no fault alone."""

    def told(*names: str) -> set[str]:
        root = copied("acme", shell.home)
        for name in names:
            file, old, new = PLANTED[name]
            spoil(root / file, (old, new))
        found = errors(shell)
        shutil.rmtree(root)
        return set(found)

    alone = {name: told(name) for name in PLANTED}
    assert all(alone.values())
    wrong = {}
    for one, two in itertools.combinations(PLANTED, 2):
        both = told(one, two)
        if both != alone[one] | alone[two]:
            wrong[one, two] = both ^ (alone[one] | alone[two])
    assert wrong.keys() == HIDDEN.keys()
    assert [pair for pair in HIDDEN if len(wrong[pair]) != 1] == []
