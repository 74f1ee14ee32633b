import pickle
import subprocess
import sys
from itertools import permutations
from random import Random

import pytest
from crosspayer.errors import InputError, Problem, nearest, nearest_rule
from hypothesis import given
from hypothesis import strategies as st

KEY = Problem("units.toml", 12, 3, "rules[2].at_lest", "is not a key here", 'did you mean "at_least"?')


@pytest.mark.parametrize(
    ("problem", "sentence"),
    [
        (KEY, 'units.toml:12:3: rules[2].at_lest: is not a key here; did you mean "at_least"?'),
        (
            Problem("units.toml", 12, 3, "from", "is a string", "remove the quotes"),
            "units.toml:12:3: from: is a string; remove the quotes.",
        ),
        (Problem("units.toml", 12, None, "from", "is empty", ""), "units.toml:12: from: is empty."),
        (
            Problem("units.toml", None, None, "", "has no rules", "add one"),
            "units.toml: has no rules; add one.",
        ),
        (Problem("", None, None, "lines[0]", "is null", "remove it"), "lines[0]: is null; remove it."),
    ],
)
def test_a_problem_reads_as_one_sentence_without_the_parts_that_are_not_known(problem: Problem, sentence: str) -> None:
    assert str(problem) == sentence


def test_a_problem_as_a_dictionary_has_its_fields_by_name() -> None:
    assert KEY.as_dict() == {
        "origin": "units.toml",
        "line": 12,
        "column": 3,
        "path": "rules[2].at_lest",
        "what": "is not a key here",
        "remedy": 'did you mean "at_least"?',
    }


def test_problems_sort_by_file_then_place_and_those_without_a_place_come_first() -> None:
    ordered = [
        Problem("a", None, None, "z", "w", "r"),
        Problem("a", 2, None, "z", "w", "r"),
        Problem("a", 2, 9, "a", "w", "r"),
        Problem("a", 2, 10, "a", "v", "r"),
        Problem("a", 10, 1, "a", "w", "r"),
        Problem("b", 1, 1, "a", "w", "r"),
    ]
    assert all(sorted(shuffled) == ordered for shuffled in permutations(ordered))


def test_an_input_error_holds_each_problem_once_in_order_and_prints_one_a_line() -> None:
    first, second = Problem("a", 1, 1, "", "is empty", ""), Problem("b", 1, 1, "", "is empty", "")
    error = InputError([second, first, second])
    assert error.problems == (first, second)
    assert str(error) == "a:1:1: is empty.\nb:1:1: is empty."


def test_an_input_error_needs_a_problem() -> None:
    with pytest.raises(ValueError, match="at least one"):
        InputError([])


def test_an_input_error_survives_the_way_back_from_a_worker_process() -> None:
    returned = pickle.loads(pickle.dumps(InputError([KEY])))
    assert isinstance(returned, InputError)
    assert returned.problems == (KEY,)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("at_lest", "at_least"),
        ("filters", "filter"),
        ("FILTER", "filter"),
        ("gp", "GP"),
        ("at-most", "at_most"),
        ("colour", None),
        ("", None),
    ],
)
def test_nearest_suggests_only_what_is_near(word: str, meant: str | None) -> None:
    assert nearest(word, ["at_least", "at_most", "filter", "GP"]) == meant


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("plan_of_care.certified", "plan_of_care.certified_on"),
        ("plan_of_car.certified_on", "plan_of_care.certified_on"),
        ("plan_of_care.zzz", None),
        ("plan_of_care.units", "line.units"),
        ("lines.units", "line.units"),
        ("certified_on", "plan_of_care.certified_on"),
        ("therapy-codes.toml", "therapy-code.toml"),
        ("plan_of_care.", None),
    ],
)
def test_of_dotted_names_the_last_parts_are_near(word: str, meant: str | None) -> None:
    known = ["plan_of_care.certified_on", "plan_of_care.sent_on", "line.units", "therapy-code.toml"]
    assert nearest(word, known) == meant


@given(st.text(max_size=8), st.lists(st.text(max_size=8), max_size=6), st.randoms(use_true_random=False))
def test_nearest_does_not_depend_on_the_order_of_the_known_words(word: str, known: list[str], random: Random) -> None:
    shuffled = known.copy()
    random.shuffle(shuffled)
    assert nearest(word, shuffled) == nearest(word, known)


@given(st.text(min_size=1, max_size=8), st.lists(st.text(max_size=8), max_size=6))
def test_a_word_is_never_said_to_mean_itself_but_in_another_case(word: str, known: list[str]) -> None:
    assert nearest(word, [word, *known]) == nearest(word, [other for other in known if other != word])
    other = word.swapcase()
    if other.casefold() == word.casefold() and other != word:
        found = nearest(word, [word, other, *known])
        assert found is not None
        assert found != word
        assert found.casefold() == word.casefold()


RULES = ["acme/units/units-a-day", "acme/units/four-units", "acme/care/certified-in-time", "basics/codes/initial-once"]


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        ("acme/units/units-a-dya", "acme/units/units-a-day"),
        ("acme/unit/units-a-day", "acme/units/units-a-day"),
        ("acme/unit/units-a-dya", "acme/units/units-a-day"),
        ("acme/units/certified-in-time", "acme/care/certified-in-time"),
        ("acme/codes/initial-once", "basics/codes/initial-once"),
        ("acme/units/discipline-modifier", None),
        ("acme/care/units-a-dya", None),
        ("acme/units/units-a-day", None),
        ("units-a-day", "acme/units/units-a-day"),
        ("", None),
    ],
)
def test_a_rule_is_compared_within_its_policy(rule: str, meant: str | None) -> None:
    assert nearest_rule(rule, RULES) == meant
    assert nearest_rule(rule, RULES[::-1]) == meant


def test_importing_errors_and_schemas_imports_nothing_heavy() -> None:
    code = (
        "import sys; before = set(sys.modules);"
        "import crosspayer.errors, crosspayer.schemas.validate, crosspayer.schemas.json_positions;"
        "print(*sorted({name.partition('.')[0] for name in set(sys.modules) - before}))"
    )
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert {"jsonschema", "referencing", "difflib"}.isdisjoint(loaded.stdout.split())
