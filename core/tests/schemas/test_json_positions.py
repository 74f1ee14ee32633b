import json
from collections.abc import Callable
from time import process_time
from typing import Any

import pytest
import tree_sitter_json
from crosspayer.errors import InputError, Problem
from crosspayer.schemas import json_positions
from crosspayer.schemas.json_positions import key_positions, locate, strict_json
from crosspayer.schemas.positions import MAX_DEPTH, KeyPath, Place
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser


def oracle(text: str) -> dict[KeyPath, Place]:
    """The same places by tree-sitter's parse of the text."""
    data = text.encode()
    root = Parser(Language(tree_sitter_json.language())).parse(data).root_node
    assert not root.has_error
    found: dict[KeyPath, Place] = {}

    def note(path: KeyPath, node: Node) -> None:
        line, byte = node.start_point
        found[path] = (line + 1, len(data[node.start_byte - byte : node.start_byte].decode()) + 1)

    def below(node: Node, path: KeyPath) -> None:
        if node.type == "object":
            for pair in node.named_children:
                key, value = pair.named_children
                assert key.text is not None
                member: KeyPath = (*path, json.loads(key.text))
                note(member, key)
                below(value, member)
        elif node.type == "array":
            for index, element in enumerate(node.named_children):
                note((*path, index), element)
                below(element, (*path, index))

    (document,) = root.named_children
    note((), document)
    below(document, ())
    return found


ENCOUNTER = """\
{ "format": "crosspayer/encounter/1",
  "lines": [ { "number": 1, "modifiers": ["GP",
      "RT"] },
    { "number": 2 } ],
  "é": { "": [[], [ {} ]] }
}
"""


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("format",), (1, 3)),
        (("lines", 0), (2, 14)),
        (("lines", 0, "modifiers"), (2, 29)),
        (("lines", 0, "modifiers", 1), (3, 7)),
        (("lines", 1, "number"), (4, 7)),
        (("é", "", 1, 0), (5, 21)),
        (("lines", 1, "units"), (4, 5)),
        (("lines", 9), (2, 3)),
        (("payer",), (1, 1)),
    ],
)
def test_places_in_an_encounter_and_of_absent_paths(path: KeyPath, place: Place) -> None:
    assert locate(ENCOUNTER, path) == place


SCALAR = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text()
    | st.sampled_from(['"', "\\", '\\"', "[", "]", "{", "}", ",", ":", "null", "\u2028"])
)
VALUE = st.recursive(
    SCALAR,
    lambda child: st.lists(child, max_size=4) | st.dictionaries(st.text(max_size=3), child, max_size=4),
)
GAP = st.text(" \t\r\n", max_size=2)


@st.composite
def written(draw: st.DrawFn, value: Any) -> str:
    """`value` as JSON, with gaps and escapes drawn at random."""

    def write(part: Any) -> str:
        ascii_only = draw(st.booleans())
        if isinstance(part, list):
            inner = ",".join(write(element) for element in part)
            text = f"[{inner or draw(GAP)}]"
        elif isinstance(part, dict):
            pairs = (
                f"{draw(GAP)}{json.dumps(key, ensure_ascii=ascii_only)}{draw(GAP)}:{write(member)}"
                for key, member in part.items()
            )
            text = f"{{{','.join(pairs) or draw(GAP)}}}"
        elif isinstance(part, float):
            text = json.dumps(part).replace("e+", "e")  # the oracle's grammar knows no plus there
        else:
            text = json.dumps(part, ensure_ascii=ascii_only)
        return draw(GAP) + text + draw(GAP)

    return write(value)


@settings(deadline=None)
@given(VALUE.flatmap(lambda value: st.tuples(st.just(value), written(value))))
def test_a_random_document_is_read_as_it_was_written_and_every_place_agrees_with_the_oracle(
    sample: tuple[Any, str],
) -> None:
    value, text = sample
    assert strict_json(text, "encounter.json") == value
    assert key_positions(text) == oracle(text)


def seconds(text: str, work: Callable[[str], object]) -> float:
    runs = []
    for _ in range(3):
        start = process_time()
        work(text)
        runs.append(process_time() - start)
    return min(runs)


def test_eight_times_the_text_on_one_line_takes_about_eight_times_as_long() -> None:
    small, large = (json.dumps({"lines": [{"number": n} for n in range(count)]}) for count in (2_000, 16_000))
    assert seconds(large, key_positions) < 24 * seconds(small, key_positions)  # 64 times, if it grew squarely


@pytest.mark.parametrize("text", ["2", "2.0", "-0.5", '"a"', "true", "null", "[]", "{}", f"1{'0' * 308}", "1e308"])
def test_numbers_keep_their_kind(text: str) -> None:
    found = strict_json(text, "encounter.json")
    assert (found, type(found)) == (json.loads(text), type(json.loads(text)))


CANARY = "CANARY"


def problems(text: str, **limits: int) -> list[tuple[Place, str, str]]:
    with pytest.raises(InputError) as caught:
        strict_json(text, "encounter.json", **limits)
    found = []
    for problem in caught.value.problems:
        assert problem.origin == "encounter.json"
        assert problem.remedy
        assert CANARY not in str(problem)
        assert problem.line is not None
        assert problem.column is not None
        found.append(((problem.line, problem.column), problem.path, problem.what))
    return found


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("", (1, 1), "has no value here"),
        ('{"a":\n }', (2, 2), "has no value here"),
        (f'{{"a": {CANARY}}}', (1, 7), "has no value here"),
        ("{a: 1}", (1, 2), "has no key here"),
        (f'{{"{CANARY}" 1}}', (1, 11), "has a key without ':'"),
        (f'["{CANARY}"\n "b"]', (2, 2), "has two values without a comma between them"),
        (f'["{CANARY}', (1, 2), "has a string that is not closed"),
        (f'["{CANARY}\n"]', (1, 9), "has a line break or control character in a string"),
        (f'["{CANARY}\\q"]', (1, 9), "has an unknown escape in a string"),
        (f'["{CANARY}\\u12"]', (1, 10), "has an unknown escape in a string"),
        (f"[1]\n[2, {CANARY}]", (2, 1), "goes on after the end of the document"),
        ("\ufeff{}", (1, 1), "begins with a byte order mark"),
    ],
)
def test_a_syntax_error_says_where_and_what_without_a_word_of_the_text(text: str, place: Place, what: str) -> None:
    assert problems(text) == [(place, "", what)]


def test_a_comma_after_the_last_entry_is_refused() -> None:
    ((place, _, _),) = problems('{"a": 1,\n}')
    assert place in ((1, 8), (2, 1))  # newer Pythons point at the comma


def test_a_key_given_twice_is_named_at_each_repetition() -> None:
    text = f'{{"a": 1, "b": {{"a": 1}},\n "a": {{"x": "{CANARY}"}},\n "a": {{"x": 2, "\\u0078": 3}}}}'
    assert problems(text) == [
        ((2, 2), "a", "is given twice"),
        ((3, 2), "a", "is given twice"),
        ((3, 16), "a.x", "is given twice"),
    ]


def test_the_same_key_of_different_objects_is_no_repetition() -> None:
    assert strict_json('[{"a": {"a": 1}}, {"a": 2}]', "x") == [{"a": {"a": 1}}, {"a": 2}]


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "-1e999", "9" * 400, "-" + "9" * 5000])
def test_a_number_that_is_not_finite_is_refused(number: str) -> None:
    text = f'{{"lines": [{{"charge":\n {number}}}]}}'
    assert problems(text) == [((2, 2), "lines[0].charge", "is not a finite number")]


def test_half_of_a_surrogate_pair_is_refused_and_a_whole_pair_is_not() -> None:
    assert strict_json('{"\\ud83d\\ude00": "\\\\ud83d"}', "x") == {"😀": "\\ud83d"}
    assert problems('{"a": ["\\ud83d\\ude00", "\\uDE00"]}') == [((1, 24), "a[1]", "has half of a surrogate pair")]
    assert problems('{"\\ud83d": 1}') == [((1, 2), '"\\ud83d"', "has half of a surrogate pair")]


def test_all_that_is_wrong_is_said_at_once() -> None:
    text = '{"a": NaN,\n "a": [Infinity,\n "\\udc00"]}'
    assert [what for _, _, what in problems(text)] == [
        "is not a finite number",
        "is given twice",
        "is not a finite number",
        "has half of a surrogate pair",
    ]


@pytest.mark.parametrize("levels", [MAX_DEPTH + 1, 200_000])
def test_nesting_beyond_the_limit_is_refused_where_it_begins(levels: int) -> None:
    deep = "[" * levels + "]" * levels
    assert problems(deep) == [((1, MAX_DEPTH + 1), "[0]" * MAX_DEPTH, f"nests deeper than {MAX_DEPTH} levels")]
    objects = '{"a":' * levels + "1" + "}" * levels
    assert problems(objects) == [
        ((1, 5 * MAX_DEPTH + 1), ".".join(["a"] * MAX_DEPTH), f"nests deeper than {MAX_DEPTH} levels")
    ]


def test_nesting_up_to_the_limit_is_read() -> None:
    deep = "[" * MAX_DEPTH + "]" * MAX_DEPTH
    assert strict_json(deep, "x") == json.loads(deep)


def test_a_document_above_the_size_limit_is_refused_before_it_is_read() -> None:
    assert strict_json("[1]", "x", max_characters=3) == [1]
    with pytest.raises(InputError) as caught:
        strict_json("[1,", "x", max_characters=2)
    assert caught.value.problems == (
        Problem("x", None, None, "", "has more than 2 characters", "split it into smaller documents"),
    )


def test_the_error_keeps_no_hold_of_the_text() -> None:
    with pytest.raises(InputError) as caught:
        strict_json(f'{{"a": "{CANARY}" 1}}', "x")
    assert caught.value.__context__ is None
    assert caught.value.__cause__ is None


def test_a_message_the_standard_library_has_yet_to_learn_still_has_its_place(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(json_positions, "_SYNTAX", ())
    assert problems(f'["a",\n {CANARY}]') == [((2, 2), "", "is not JSON")]


def test_a_stack_that_the_caller_has_used_up_is_not_blamed_on_the_document(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def exhausted(*_: object, **__: object) -> None:
        raise RecursionError

    monkeypatch.setattr(json, "loads", exhausted)
    with pytest.raises(RecursionError):
        strict_json("[]", "x")
