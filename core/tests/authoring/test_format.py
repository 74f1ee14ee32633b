"""The canonical form: one for every order of the keys, of the same meaning, with every comment, stable."""

import random
import tomllib
from pathlib import Path
from typing import Any

import pytest
import tomlkit
from crosspayer import schemas
from crosspayer.authoring.format import formatted, schema_of
from crosspayer.authoring.key_order import ORDER, order_of, placed
from crosspayer.errors import InputError
from hypothesis import given
from hypothesis import strategies as st

FOLDER = Path(__file__).parents[1] / "plugins_fixture"
FILES = sorted(path for path in FOLDER.rglob("*.toml"))
RULE = """\
# About the policy.
format = 1

codes = ["97760","97761"]   # the codes
id = 'acme/main'
title = "Invented"


# About the rule,
# in two lines.
[[rules]]

remedy = "Mend it."
cites=["notice"]            # why
# The condition.
require.all_of = [
  { at_most = 4, fact = "line.units" },      # few
  # or all of these
  { all_of = [
    { is = "GP", fact = "line.code" },
  ] },
]
topic = "units"
id = "one"
[[rules.otherwise]]
effect = "warn"
when = {is=true,fact="telehealth"}
# --- the next
[[rules]]
id = "two"
topic = "units"
effect = "warn"
cites = ["notice"]
require = { condition = "few" }
[conditions.few]
at_most = 3
fact = "line.units"
# The end.
"""
CANONICAL = """\
# About the policy.
format = 1
id = 'acme/main'
title = "Invented"

codes = ["97760", "97761"]   # the codes

[conditions.few]
fact = "line.units"
at_most = 3

# About the rule,
# in two lines.
[[rules]]
id = "one"
topic = "units"
# The condition.
require.all_of = [
  { fact = "line.units", at_most = 4 },      # few
  # or all of these
  { all_of = [
    { fact = "line.code", is = "GP" },
  ] },
]
cites = ["notice"]            # why
remedy = "Mend it."
  [[rules.otherwise]]
  when = { fact = "telehealth", is = true }
  effect = "warn"

# --- the next
[[rules]]
id = "two"
topic = "units"
require = { condition = "few" }
effect = "warn"
cites = ["notice"]
# The end.
"""


def test_a_policy_in_canonical_form() -> None:
    assert formatted(RULE, "policy", "p.toml") == CANONICAL
    assert formatted(CANONICAL, "policy", "p.toml") == CANONICAL


def comments(text: str) -> list[str]:
    return sorted(line[line.index("#") :].strip() for line in text.splitlines() if "#" in line)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(FOLDER).as_posix())
def test_a_document_means_the_same_and_keeps_its_comments(path: Path) -> None:
    text, schema = path.read_text(encoding="utf-8"), schema_of(path)
    assert schema is not None
    after = formatted(text, schema, path.name)
    assert tomllib.loads(after) == tomllib.loads(text)
    assert comments(after) == comments(text)
    assert formatted(after, schema, path.name) == after


@given(st.sampled_from(FILES), st.randoms(use_true_random=False))
def test_the_order_of_the_keys_makes_no_difference(path: Path, chance: random.Random) -> None:
    """What has a place of its own comes to it, wherever it was written."""
    schema = schema_of(path)
    assert schema is not None

    def shuffled(node: Any, context: tuple[str, ...]) -> Any:
        if isinstance(node, list):
            return [shuffled(part, context) for part in node]
        if not isinstance(node, dict):
            return node
        known = set(order_of(schema, context))
        free = [key for key in node if key not in known]
        keys = [*free, *(key for key in node if key in known)]
        chance.shuffle(keys)
        rest = iter(free)  # what has no place keeps its order
        keys = [key if key in known else next(rest) for key in keys]
        return {key: shuffled(node[key], (*context, key)) for key in keys}

    document = tomllib.loads(path.read_text(encoding="utf-8"))
    one, two = (formatted(tomlkit.dumps(shuffled(document, ())), schema, "f.toml") for _ in range(2))
    assert squeezed(one) == squeezed(two)
    assert tomllib.loads(one) == document


@given(st.sampled_from([RULE, *(path.read_text(encoding="utf-8") for path in FILES)]), st.data())
def test_no_comment_is_lost_wherever_it_stands(text: str, data: st.DataObject) -> None:
    """Whole lines of comment anywhere, also within lists, and comments at the ends of lines."""
    lines = text.splitlines()
    for number in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(lines)))
        if data.draw(st.booleans()) or at == len(lines):
            lines.insert(at, data.draw(st.sampled_from(["", "  "])) + f"# comment {number}")
        else:
            lines[at] += f"  # comment {number}"
    text = "\n".join(lines) + "\n"
    try:
        tomllib.loads(text)
    except tomllib.TOMLDecodeError:  # it broke a value that stands on several lines
        return
    after = formatted(text, "policy", "f.toml")
    assert comments(after) == comments(text)
    assert formatted(after, "policy", "f.toml") == after


def squeezed(text: str) -> str:
    """Without blank lines, which are the author's."""
    return "\n".join(line for line in text.splitlines() if line)


VALUES = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-9, 9),
        st.dates(),
        st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=4),
        st.sampled_from(["# no comment", '"', "'", "a\nb", '"""', "{ a = 1 }", "[x]"]),
    ),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc.d é"), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.sampled_from(["rules", "id", "when", "a b", "zz", "conditions"]), VALUES, max_size=4))
def test_whatever_a_document_holds_it_means_the_same(document: dict[str, object]) -> None:
    """Also what is no policy: what cannot be put in order is refused, never changed."""
    text = tomlkit.dumps(document)
    before = tomllib.loads(text)
    after = formatted(text, "policy", "f.toml")
    assert tomllib.loads(after) == before
    assert formatted(after, "policy", "f.toml") == after


@pytest.mark.parametrize(
    ("text", "after"),
    [
        ("", "\n"),
        ("# only\n\n\n# comments\n", "# only\n\n# comments\n"),
        ("a=1\r\nb = 2\r\n", "a = 1\nb = 2\n"),
        ("  a = 1   \n\tb = 2\n", "a = 1\nb = 2\n"),
        ("a = [ ]\nb = { }\nc = [ 1,2 ]\nd = [[1],[2]]\n", "a = []\nb = {}\nc = [1, 2]\nd = [ [1], [2] ]\n"),
        ("a = [\n  1,  \n\n  2,\n]\n", "a = [\n  1,\n\n  2,\n]\n"),
        ('a = """\nx  \n\n\n  y"""\n', 'a = """\nx  \n\n\n  y"""\n'),
        ("[x]\n\n\n[y]\n", "[x]\n\n[y]\n"),
        ("[x]  # why\n\na = 1\n", "[x]  # why\na = 1\n"),
        ("a.b = 1\na.c = { d.e = 1,f=2 }\n", "a.b = 1\na.c = { d.e = 1,f=2 }\n"),
        ("'a b'.\"c\" = 1\n", "'a b'.\"c\" = 1\n"),
    ],
)
def test_blanks_and_lines(text: str, after: str) -> None:
    assert formatted(text, "policy", "f.toml") == after
    assert formatted(after, "policy", "f.toml") == after


def test_what_is_no_toml_is_refused_with_its_place() -> None:
    with pytest.raises(InputError) as caught:
        formatted("a = 1\nb =\n", "policy", "f.toml")
    assert str(caught.value) == "f.toml:2:4: has no value that can be read here; put text in double quotes."


@pytest.mark.parametrize("schema", ORDER)
def test_the_order_names_the_keys_of_the_schema_and_no_others(schema: str) -> None:
    """A key that is added to a schema gets its place."""
    document: Any = schemas.load(schema)

    def known(context: tuple[str, ...]) -> set[str]:
        node: Any = document
        for step in ("", *context):
            if step:
                properties = node.get("properties", {})
                node = properties[step] if step in properties else next(iter(node["patternProperties"].values()))
            while "$ref" in node or "items" in node or ("then" in node and "properties" not in node):
                if "$ref" in node:
                    node = document["$defs"][node["$ref"].rpartition("/")[2]]
                elif "items" in node:
                    node = node["items"]
                else:
                    node = node["then"]
        return set(node["properties"]) | ({"from", "to"} & set(node.get("properties", ())))

    for context, keys in ORDER[schema].items():
        assert len(set(keys)) == len(keys)
        if schema in ("case", "import") and not context:  # their sections keep the order of their author
            assert set(keys) <= known(context)
        else:
            assert set(keys) == known(context), context


def test_what_is_not_listed_comes_after_what_is() -> None:
    assert [placed("policy", ("rules",), key) for key in ("id", "title")] == [0, 1]
    assert placed("policy", ("rules",), "otherwise") < placed("policy", ("rules",), "nonsense")
    assert placed("policy", ("conditions", "c"), "fact") == placed("policy", ("rules", "when", "all_of"), "fact") == 0
    assert placed("case", ("encounters", "e"), "lines") == placed("case", ("encounters", "e"), "day")
