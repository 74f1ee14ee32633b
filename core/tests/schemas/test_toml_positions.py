import tomllib
from collections.abc import Iterator
from contextlib import suppress
from time import process_time
from typing import Any

import pytest
import tree_sitter_toml
from crosspayer.schemas import toml_positions
from crosspayer.schemas.positions import KeyPath, Place
from crosspayer.schemas.toml_positions import headers, key_positions, locate, toml_syntax_problem
from hypothesis import given, settings
from hypothesis import strategies as st
from tree_sitter import Language, Node, Parser

# The oracle: tree-sitter's parse of the same text, and tomllib's word on which paths there are.


def paths_of(document: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    yield path
    entries: Any = ()
    if isinstance(document, dict):
        entries = document.items()
    elif isinstance(document, list):
        entries = enumerate(document)
    for step, value in entries:
        yield from paths_of(value, (*path, step))


class Oracle:
    KEYS = ("bare_key", "quoted_key", "dotted_key")

    def __init__(self, text: str) -> None:
        self.data = text.encode()
        self.found: dict[KeyPath, Place] = {(): (1, 1)}
        self.counts: dict[KeyPath, int] = {}
        root = Parser(Language(tree_sitter_toml.language())).parse(self.data).root_node
        assert not root.has_error
        for node in root.named_children:
            if node.type == "pair":
                self.pair(node, ())
            elif node.type in ("table", "table_array_element"):
                self.table(node)

    def note(self, path: KeyPath, node: Node) -> None:
        line, byte = node.start_point
        start = self.data[node.start_byte - byte : node.start_byte].decode()
        self.found.setdefault(path, (line + 1, len(start) + 1))

    def names(self, node: Node) -> list[tuple[str, Node]]:
        if node.type == "dotted_key":
            return [name for child in node.named_children for name in self.names(child)]
        assert node.text is not None
        return [(next(iter(tomllib.loads(f"{node.text.decode()} = 0"))), node)]

    def descend(self, path: KeyPath, names: list[tuple[str, Node]]) -> KeyPath:
        for name, node in names:
            path = (*path, name)
            self.note(path, node)
            if path in self.counts:
                path = (*path, self.counts[path] - 1)
        return path

    def table(self, node: Node) -> None:
        (key,) = (child for child in node.named_children if child.type in self.KEYS)
        *parents, last = self.names(key)
        path = self.descend((), parents)
        if node.type == "table":
            path = self.descend(path, [last])
        else:
            path = (*path, last[0])
            self.note(path, last[1])
            self.counts[path] = self.counts.get(path, 0) + 1
            path = (*path, self.counts[path] - 1)
            self.note(path, node)
        for child in node.named_children:
            if child.type == "pair":
                self.pair(child, path)

    def pair(self, node: Node, table: KeyPath) -> None:
        key, value = (child for child in node.named_children if child.type != "comment")
        self.value(value, self.descend(table, self.names(key)))

    def value(self, node: Node, path: KeyPath) -> None:
        children = [child for child in node.named_children if child.type != "comment"]
        if node.type == "array":
            for index, child in enumerate(children):
                self.note((*path, index), child)
                self.value(child, (*path, index))
        elif node.type == "inline_table":
            for child in children:
                self.pair(child, path)


def agrees_with_the_oracle(text: str) -> None:
    found = key_positions(text)
    assert set(found) == set(paths_of(tomllib.loads(text)))
    assert found == Oracle(text).found


# Hard samples, by hand.

POLICY = """\
# A policy, synthetic
format = 1
codes = ["97760", "97761"]   # two

[parameters.limit]
values = [
  { from = 2025-01-01, to = 2025-12-31, value = 2410, cites = ["a"] },
  # the next year
  { from = 2026-01-01, value = 2480, cites = [ "b",
      "c" ] },
] # end

[[rules]]
id = "first"
require = { fact = "line.modifiers", has_one_of = ["GP", "GO"] }

[[rules]]
id = "second"
require.any_of = [
  { days_from = "a", to = "b", between = [0, 30] },
  { all_of = [
    { fact = "c", is = true },
    { fact = "d", at_lest = 3 } ] },
]
  [[rules.otherwise]]
  effect = "inform"
  [[ rules . "otherwise" ]]
  when = { fact = "e", is = 'x' }
  [rules.adjustment]
  group = "CO"
"""

HARD = [
    "",
    "\n\n# nothing\n",
    "a = 1",
    "a.b.c = 1\na.b.d = 2\na . e = 3\n",
    '"a.b"."" = 1\n"a.b".\'c"d\' = 2\n\'\' = 3\n',
    '"\\u00e9\\U0001F600\\t\\"" = 1\n',
    "[a.b.c]\nx = 1\n[a]\ny = 2\n[a.b]\nz = 3\n",
    "[[a]]\n[[a]]\nb.c = 1\n[a.d]\n[[a.e]]\n[[a.e]]\nx = 1\n[a.e.f]\ny = 1\n[[a]]\n[[a.e]]\n",
    "[[a.b]]\nx = 1\n[[a.b]]\nx = 2\n[a.c]\nx = 3\n",
    'a = """one\n[not.a.table]\nb = 2\n\\"""\n""\n"""\nb = 3\n',
    'a = """"quoted""""\nb = """""two"""""\nc = """"""\nd = ""\n',
    "a = ''''quoted''''\nb = '''''two'''''\nc = ''''''\nd = ''\ne = '''\n[x]\n'''\n",
    'a = "# no comment \\" ]" # comment = "no"\nb = \'# \\\'\n',
    "a = [[1, 2], [\"]\", '}'], [], [[[3]]], [{b = [{c = 1}, {}]}]]\n",
    'a = [ # one, two\n  1, # "\n\n  2\n  , # [\n 3, ]\n',
    'a = {}\nb = { }\nc = {d = {e.f = 1, e.g = [1]}, h = "}"}\n',
    "a = 1979-05-27T07:32:00Z\nb = 1979-05-27 07:32:00.999-07:00\nc = 1979-05-27\nd = 07:32:00\n",
    "a = [1979-05-27 07:32:00, 1979-05-27 , 07:32:00,1979-05-27]\nb = {c = 1979-05-27 07:32:00}\n",
    "a = -1_000\nb = 0xdead_beef\nc = 1e-3\nd = -inf\ne = nan\nf = [+1.5,true,false]\n",
    "1979-05-27 = 1\n3.14 = 2\ntrue = 3\n-_- = 4\n",
    '\ta =\t1\t\r\n[b]\r\n  c = [1,\r\n2]\r\n\r\n[[d]]\r\n"e" = """x\r\ny"""\r\nf = 1\r\n',
    'a = "日本" # 日本\n"日本" = [ "日", "本" ]\nc = { "é" = 1, d = "日", e = 2 }\n',
    "[ a . b ] # x\n[ 'c' ]\n[[ d . 'e' ]]\n",
    "x = 1 # no newline at the end",
    POLICY,
]


@pytest.mark.parametrize("text", HARD)
def test_hard_samples_agree_with_the_oracle(text: str) -> None:
    agrees_with_the_oracle(text)


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ((), (1, 1)),
        (("format",), (2, 1)),
        (("codes", 1), (3, 19)),
        (("parameters",), (5, 2)),
        (("parameters", "limit"), (5, 13)),
        (("parameters", "limit", "values", 1), (9, 3)),
        (("parameters", "limit", "values", 1, "cites", 1), (10, 7)),
        (("rules",), (13, 3)),
        (("rules", 0), (13, 1)),
        (("rules", 0, "require", "has_one_of", 1), (15, 58)),
        (("rules", 1, "require"), (19, 1)),
        (("rules", 1, "require", "any_of"), (19, 9)),
        (("rules", 1, "require", "any_of", 1, "all_of", 1, "at_lest"), (23, 19)),
        (("rules", 1, "otherwise"), (25, 11)),
        (("rules", 1, "otherwise", 1), (27, 3)),
        (("rules", 1, "otherwise", 1, "when", "is"), (28, 24)),
        (("rules", 1, "adjustment", "group"), (30, 3)),
    ],
)
def test_places_in_a_policy(path: KeyPath, place: Place) -> None:
    assert locate(POLICY, path) == place


def test_an_absent_path_is_placed_at_its_longest_existing_beginning() -> None:
    assert locate(POLICY, ("rules", 0, "cites")) == (13, 1)
    assert locate(POLICY, ["rules", 7, "cites"]) == (13, 3)
    assert locate(POLICY, ("title",)) == (1, 1)


# Documents drawn at random: valid by construction, spelt in every way TOML allows.

BARE = st.sampled_from(["a", "b", "c", "id", "rules", "2025", "-", "_x", "true", "inf"])
NAME = BARE | st.text("ab.\"'[]{}=#, \\\té日😀\x01\x7f", max_size=4)
GAP = st.sampled_from(["", " ", "\t", "  "])
ENDING = st.sampled_from(["\n", "\r\n", " # x = [1]\n", "\n\n# '''\n", '\t#"\n'])
LINES = st.sampled_from(["", " ", "\n", " # ] }\n ", "\r\n\t", "\n# a\n\n"])
SCALAR = st.sampled_from(
    [
        *("0", "-17", "1_000", "0xdeadBEEF", "0o7", "0b1", "1.5", "6.02e+23", "inf", "-nan", "true", "false"),
        *("2026-10-05", "07:32:00", "2026-10-05T07:32:00Z", "2026-10-05 07:32:00.25+01:00"),
        *('""', '"a # b"', '"\\"]}"', '"é日"', "''", "'\\'", "'\"'"),
        *('""""""', '"""x\n[y]\nz = 1"""', '""""a""""', '"""""b"""""', '"""\\"""\\\n  c"""', '"""\\""""'),
        *("''''''", "'''x\r\n[[y]]\n'''", "''''a''''", "'''''b'''''", "'''\"\"\"'''"),
    ]
)


def is_bare(name: str) -> bool:
    return bool(name) and name.isascii() and name.replace("-", "").replace("_", "a").isalnum()


@st.composite
def spelt(draw: st.DrawFn, name: str) -> str:
    """A key in one of its spellings."""
    ways = []
    if is_bare(name):
        ways.append(name)
    if "'" not in name and name.replace("\t", "").isprintable():
        ways.append(f"'{name}'")
    ways.append('"' + "".join(f"\\U{ord(c):08x}" if c in '"\\\x01\x7f\t' else c for c in name) + '"')
    return draw(st.sampled_from(ways))


@st.composite
def inline(draw: st.DrawFn, depth: int = 0) -> str:
    """A value: a scalar, a list or an inline table."""
    kind = draw(st.sampled_from(["scalar", "scalar", "list", "table"])) if depth < 3 else "scalar"
    if kind == "scalar":
        return draw(SCALAR)
    if kind == "list":
        text = "["
        count = draw(st.integers(0, 3))
        for index in range(count):
            text += draw(LINES) + draw(inline(depth + 1)) + draw(LINES)
            text += "," if index < count - 1 or draw(st.booleans()) else ""
        return text + draw(LINES) + "]"
    pairs = []
    for name in draw(st.lists(NAME, unique=True, max_size=3)):
        for key in draw(below(name)):
            equals = draw(GAP) + "=" + draw(GAP)
            pairs.append(draw(GAP) + key + equals + draw(inline(depth + 1)) + draw(GAP))
    return "{" + ",".join(pairs) + "}"


@st.composite
def below(draw: st.DrawFn, name: str) -> list[str]:
    """`name` itself, or dotted keys below it."""
    if draw(st.booleans()):
        return [draw(spelt(name))]
    tails = draw(st.lists(NAME, unique=True, min_size=1, max_size=2))
    dot = draw(GAP) + "." + draw(GAP)
    return [draw(spelt(name)) + dot + draw(spelt(tail)) for tail in tails]


@st.composite
def table(draw: st.DrawFn, header: tuple[str, ...] = ()) -> str:
    """The pairs of a table, then the tables and arrays of tables below it, under their headers."""
    text, tables = "", ""
    for name in draw(st.lists(NAME, unique=True, max_size=3)):
        kind = draw(st.sampled_from(["pairs", "pairs", "table", "array"])) if len(header) < 3 else "pairs"
        if kind == "pairs":
            for key in draw(below(name)):
                equals = draw(GAP) + "=" + draw(GAP)
                text += draw(GAP) + key + equals + draw(inline()) + draw(ENDING)
            continue
        for _ in range(1 if kind == "table" else draw(st.integers(1, 2))):
            path = (*header, name)
            keys = (draw(GAP) + "." + draw(GAP)).join([draw(spelt(step)) for step in path])
            opening, closing = ("[", "]") if kind == "table" else ("[[", "]]")
            line = draw(GAP) + opening + draw(GAP) + keys + draw(GAP) + closing + draw(ENDING)
            tables += line + draw(table(path))
    return text + tables


@settings(deadline=None)
@given(table())
def test_every_place_in_a_random_document_agrees_with_the_oracle(text: str) -> None:
    agrees_with_the_oracle(text)


@given(st.text("ab01-.=[]{}\"'\\#, \n\t", max_size=30))
def test_text_that_is_not_toml_may_be_scanned_but_raises_nothing_else(text: str) -> None:
    try:
        document = tomllib.loads(text)
    except ValueError:
        with suppress(ValueError):
            key_positions(text)
    else:
        assert set(key_positions(text)) == set(paths_of(document))


def test_lists_may_nest_as_deeply_as_tomllib_reads_them() -> None:
    levels = 300
    text = "a = " + "[" * levels + "]" * levels
    assert set(key_positions(text)) == set(paths_of(tomllib.loads(text)))


def seconds(rules: int) -> float:
    text = "".join(f'[[rules]]\nid = "r{n}"\nwhen = {{ in = ["a", "b"] }}\n' for n in range(rules))
    runs = []
    for _ in range(3):
        start = process_time()
        key_positions(text)
        runs.append(process_time() - start)
    return min(runs)


def test_eight_times_the_text_takes_about_eight_times_as_long() -> None:
    assert seconds(8_000) < 24 * seconds(1_000)  # 64 times, if the work grew with the square


# Syntax errors.

CANARY = "CANARY"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        ("a = 1\nb", (2, 2), "has a key without '='"),
        (f"a = {CANARY}\n", (1, 5), "has no value that can be read here"),
        ("a =", (1, 4), "has no value that can be read here"),
        (f"a = 1 {CANARY}\n", (1, 7), "goes on after the end of a value"),
        (f'a = "{CANARY}\nb = 1\n', (1, 12), "has a line break or control character in a string"),
        (f'a = "{CANARY}', (1, 12), "has a string that is not closed"),
        (f"a = '{CANARY}", (1, 12), "has a string that is not closed"),
        (
            f"a = '{CANARY}\n'",
            (1, 12),
            "has a line break or control character that is not allowed here",
        ),
        (f'x = 1\na = """{CANARY}\n', (3, 1), "has a string that is not closed"),
        (f'a = "{CANARY}\\q"\n', (1, 14), "has a backslash that escapes nothing"),
        (f'a = "{CANARY}\\u12"\n', (1, 14), "has an escape that is not a character"),
        (f'a = "{CANARY}\\ud800"\n', (1, 18), "has an escape that is not a character"),
        ("a = 1\na = 2\n", (2, 6), "gives the same key twice"),
        ("a = {b = 1, b = 2}\n", (1, 18), "gives the same key of an inline table twice"),
        ("[a]\n[a]\n", (2, 3), "declares the same table twice"),
        ("[a]\nb.c = 1\n[a.b]\nd = 1\n", (3, 5), "declares the same table twice"),
        ("[a.b]\n[a]\nb.c = 1\n", (3, 8), "adds to a table that is already complete"),
        ("a = {}\n[a.b]\n", (2, 5), "declares the same table twice"),
        ("a = {b = {}}\na.b.c = 1\n", (2, 10), "adds to an inline table or list"),
        ("[a\n", (1, 3), "has a table header that is not closed"),
        ("a = [1 2]\n", (1, 8), "has a list that is not closed"),
        ("a = {b = 1 c = 2}\n", (1, 12), "has an inline table that is not closed"),
        ("a = 2026-02-30\n", (1, 5), "has a date that does not exist"),
        ("= 1\n", (1, 1), "has a line that is neither a key nor a table"),
        (". = 1\n", (1, 1), "has a line that is neither a key nor a table"),
        ("a. = 1\n", (1, 4), "has no key here"),
        ("# \x01\n", (1, 3), "has a line break or control character that is not allowed here"),
    ],
)
def test_a_syntax_error_says_where_and_what_without_a_word_of_the_text(text: str, place: Place, what: str) -> None:
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(text)
    problem = toml_syntax_problem(text, "units.toml", caught.value)
    assert ((problem.line, problem.column), problem.what) == (place, what)
    assert problem.origin == "units.toml"
    assert problem.remedy
    assert CANARY not in str(problem)


def test_a_message_tomllib_has_yet_to_learn_still_has_its_place(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(toml_positions, "_SYNTAX", ())
    with pytest.raises(tomllib.TOMLDecodeError) as caught:
        tomllib.loads(f"a = 1\nb = {CANARY}")
    assert str(toml_syntax_problem("", "x", caught.value)) == "x:2:5: is not TOML; mend the line."


def test_the_headers_of_a_document_have_their_paths_and_places() -> None:
    text = "a = ['[x]']\n[b]  # [no]\n[[c.d]]\nx = '''\n[no]\n'''\n  [ c . d . 'e f' ]\n[[c.d]]\n[[c.d.g]]\n"
    found = [(text[h.start : h.end], h.path, h.is_list) for h in headers(text)]
    assert found == [
        ("[b]", ("b",), False),
        ("[[c.d]]", ("c", "d", 0), True),
        ("[ c . d . 'e f' ]", ("c", "d", 0, "e f"), False),
        ("[[c.d]]", ("c", "d", 1), True),
        ("[[c.d.g]]", ("c", "d", 1, "g", 0), True),
    ]
    assert headers("a = 1\n") == []
