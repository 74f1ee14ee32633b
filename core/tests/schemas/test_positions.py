import pytest
from crosspayer.schemas.positions import (
    MAX_DEPTH,
    KeyPath,
    Lines,
    dotted,
    place_of,
    places,
    quoted,
    too_deep,
)
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ((), ""),
        (("rules", 2, "require", "all_of", 0, "at_lest"), "rules[2].require.all_of[0].at_lest"),
        ((0, "lines", 1), "[0].lines[1]"),
        (("sources", "kx-2025"), "sources.kx-2025"),
        (("change", "lines[0].modifiers"), 'change."lines[0].modifiers"'),
        (("a", ""), 'a.""'),
        (("two\nlines",), '"two\\nlines"'),
        (("größe",), '"größe"'),
    ],
)
def test_a_path_is_written_with_dots_and_brackets_and_quotes_where_needed(path: KeyPath, shown: str) -> None:
    assert dotted(path) == shown


@given(st.text())
def test_a_quoted_word_stays_on_one_line(word: str) -> None:
    assert quoted(word).splitlines() == [quoted(word)]


def test_the_place_of_a_path_is_that_of_its_longest_known_beginning() -> None:
    known = {("a",): (1, 1), ("a", 0): (2, 5)}
    assert place_of(known, ("a", 0)) == (2, 5)
    assert place_of(known, ["a", 0, "b", "c"]) == (2, 5)
    assert place_of(known, ("a", 1)) == (1, 1)
    assert place_of(known, ("b",)) is None
    assert place_of({(): (1, 1)}, ("b",)) == (1, 1)


@given(st.text(alphabet="ab\n\r\u2028é"), st.data())
def test_a_place_counts_line_feeds_and_characters(text: str, data: st.DataObject) -> None:
    offset = data.draw(st.integers(0, len(text)))
    before = text[:offset].split("\n")
    expected = (len(before), len(before[-1]) + 1)
    assert Lines(text).place(offset) == expected
    assert places(text, {("a",): offset}) == {("a",): expected}


@pytest.mark.parametrize("levels", [0, 1, MAX_DEPTH - 1, MAX_DEPTH, MAX_DEPTH + 1, 5000])
def test_a_document_is_too_deep_beyond_the_limit_whatever_it_nests(levels: int) -> None:
    lists: object = "leaf"
    objects: object = "leaf"
    for _ in range(levels):
        lists, objects = [1, lists], {"a": 1, "b": objects}
    assert too_deep(lists) is (levels > MAX_DEPTH)
    assert too_deep(objects) is (levels > MAX_DEPTH)
