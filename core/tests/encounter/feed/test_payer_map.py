from datetime import date

import pytest
from crosspayer.encounter.feed.payer_map import Payee, PayerMap
from crosspayer.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

DAY = date(2026, 10, 5)
ENTRIES = """\
format = 1
[[entries]]
payer_id = ["111", "222"]
payer = "acme"
[[entries]]
payer_id = "111"
filing_indicator = "16"
payer = "acme"
plan = "advantage"
[[entries]]
payer_name = "Bolt  Health"
payer = "bolt"
plan = "old"
to = 2025-12-31
[[entries]]
payer_name = "bolt health"
payer = "bolt"
plan = "new"
from = 2026-01-01
[[entries]]
insurance_type = "3"
payer = "acme"
"""


@pytest.mark.parametrize(
    ("identifiers", "day", "found"),
    [
        ({"payer_id": "222"}, DAY, Payee("acme", None)),
        ({"payer_id": "222"}, None, Payee("acme", None)),
        ({"payer_id": "333"}, DAY, None),
        ({}, DAY, None),
        ({"payer_id": "111", "filing_indicator": "16"}, DAY, Payee("acme", "advantage")),  # names more
        ({"payer_id": "111", "filing_indicator": "CI"}, DAY, Payee("acme", None)),
        ({"payer_id": "111"}, DAY, Payee("acme", None)),  # advantage or not: only the payer is known
        ({"filing_indicator": "16"}, DAY, None),
        ({"payer_name": " BOLT health "}, DAY, Payee("bolt", "new")),
        ({"payer_name": "bolt health"}, date(2025, 12, 31), Payee("bolt", "old")),
        ({"payer_name": "bolt health"}, None, None),
        ({"payer_name": "bolt health", "payer_id": "222"}, DAY, None),  # two entries say otherwise
        ({"insurance_type": "3", "payer_id": "222"}, DAY, Payee("acme", None)),  # two say the same
    ],
)
def test_the_entry_that_names_most_speaks_and_nothing_is_guessed(
    identifiers: dict[str, str], day: date | None, found: Payee | None
) -> None:
    assert PayerMap.from_toml(ENTRIES).find(identifiers, day) == found


KEYS = ("payer_id", "filing_indicator", "payer_name")
drawn_keys = st.dictionaries(st.sampled_from(KEYS), st.sampled_from("AB"), min_size=1)


@given(st.lists(st.tuples(drawn_keys, st.sampled_from(["p", "q"])), max_size=5), drawn_keys)
def test_the_order_of_entries_does_not_matter(drawn: list[tuple[dict[str, str], str]], asked: dict[str, str]) -> None:
    unlike = {tuple(sorted(keys.items())): (keys, payer) for keys, payer in drawn}
    ordered = list(unlike.values())

    def found(entries: list[tuple[dict[str, str], str]]) -> Payee | None:
        text = "format = 1\n"
        for keys, payer in entries:
            text += "[[entries]]\n" + "".join(f'{key} = "{value}"\n' for key, value in keys.items())
            text += f'payer = "{payer}"\n'
        return PayerMap.from_toml(text).find(asked, DAY)

    said = found(ordered)
    assert found(ordered[::-1]) == said
    sure = [(keys, payer) for keys, payer in ordered if keys.items() <= asked.items()]
    if said is not None:
        most = max(len(keys) for keys, _ in sure)
        assert {payer for keys, payer in sure if len(keys) == most} == {said.payer}


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        (
            "format = 1\n[[entries]]\npayer = 'acme'\n",
            "payers.toml:2:1: entries[0]: names no identifier, so it would fit every coverage; "
            "add one, such as payer_id.",
        ),
        (
            "format = 1\n[[entries]]\npayer_id = '1'\npayer = 'acme'\nfrom = 2026-02-01\nto = 2026-01-01\n",
            "payers.toml:6:1: entries[0].to: lies before from; correct one of the two days.",
        ),
        (
            "format = 1\n[[entries]]\npayer_id = ['1', '2']\npayer = 'acme'\n"
            "[[entries]]\npayer_id = '2'\npayer = 'bolt'\n",
            "payers.toml:5:1: entries[1]: entries[0] says whose the same identifiers are, for the same days; "
            "keep one, or part their days.",
        ),
        (
            "format = 1\n[[entries]]\npayerid = '1'\npayer = 'acme'\n",
            'payers.toml:3:1: entries[0].payerid: is not a key here; did you mean "payer_id"?',
        ),
        ("format = 1\n[[entries]]\npayer_id = '1'\n", 'payers.toml:2:1: entries[0]: has no "payer"; add it.'),
    ],
)
def test_faults_are_told_with_their_place(text: str, wrong: str) -> None:
    with pytest.raises(InputError) as error:
        PayerMap.from_toml(text)
    assert list(map(str, error.value.problems)) == [wrong]


def test_lists_that_make_too_many_combinations_are_refused() -> None:
    texts = ", ".join(f'"{n}"' for n in range(400))
    with pytest.raises(InputError) as error:
        PayerMap.from_toml(f'format = 1\n[[entries]]\npayer_id = [{texts}]\npayer_name = [{texts}]\npayer = "acme"\n')
    assert "make more than 100000 combinations" in str(error.value)
