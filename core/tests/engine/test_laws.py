"""Laws that hold for every encounter (`crosspayer.testing.laws`), tried on the cases of the shipped plugins."""

from __future__ import annotations

import os
import subprocess
import sys

from crosspayer.testing.laws import check_removal, removable
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tests.engine.shipped import ROOT, digest_of_answers, encounters, engine


@settings(max_examples=400, deadline=None)
@given(st.data())
def test_removing_a_fact_moves_an_answer_only_towards_unknown(data: st.DataObject) -> None:
    tried = data.draw(st.sampled_from(encounters()))
    path = data.draw(st.sampled_from(removable(tried.data)))
    check_removal(engine(), tried.payer, tried.plan, tried.data, path)


def test_the_law_is_tried_on_every_payer_and_on_enough_facts() -> None:
    assert {tried.payer for tried in encounters()} == set(engine().payers)
    assert len(engine().payers) >= 5
    assert sum(len(removable(tried.data)) for tried in encounters()) > 10_000


# --- the same answer everywhere

PRINT_DIGEST = """
import sys
from core.tests.engine import shipped
shipped.PLUGINS[:] = shipped.PLUGINS[:: int(sys.argv[1])]
print(shipped.digest_of_answers())
"""
ENVIRONMENTS = [
    # hash seed, locale, time zone, order of the plugins
    ("0", "C", "UTC", "1"),
    ("1", "tr_TR.UTF-8", "Asia/Kathmandu", "-1"),
    ("2", "de_DE.ISO8859-1", "Pacific/Apia", "1"),
]


def test_the_answer_is_the_same_bytes_in_every_environment() -> None:
    started = []
    for seed, locale, zone, step in ENVIRONMENTS:
        told = {"PYTHONHASHSEED": seed, "LC_ALL": locale, "LANG": locale, "TZ": zone, "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-c", PRINT_DIGEST, step]
        started.append(subprocess.Popen(command, env={**os.environ, **told}, stdout=subprocess.PIPE, text=True))
    expected = digest_of_answers()
    assert [(one.communicate()[0].strip(), one.returncode) for one in started] == [(expected, 0)] * len(started)
