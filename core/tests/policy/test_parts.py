"""What remains of a document with faults: the parts that have none, at the places where they stand."""

from __future__ import annotations

from typing import Any

import pytest
from crosspayer.hookspecs import PluginDocument
from crosspayer.language.names import Spoilt
from crosspayer.policy.documents import Document, Problems, ValidatedDigests
from crosspayer.policy.parts import NEEDED, OWN_NAME, PARTS, read_parts

from core.tests.acme import HEAD, SOURCES, rule

KINDS = ("source", "table", "parameter", "condition", "fact", "plan", "rule", "case", "encounter", "payer")
PLAIN = "{ fact = 'line.units', at_most = 4 }"


def parts(text: str | bytes, schema: str = "policy") -> tuple[Document | None, Problems, Spoilt]:
    given = PluginDocument("d.toml", "acme/d.toml", text.encode() if isinstance(text, str) else text)
    problems, spoilt = Problems(), Spoilt()
    return read_parts(given, schema, "acme", ValidatedDigests(), problems, spoilt), problems, spoilt


def kept(text: str, schema: str = "policy") -> Any:
    document, problems, _ = parts(text, schema)
    assert document is not None
    assert problems.found
    return document.data


def test_a_rule_with_a_fault_is_left_out_and_the_others_stay_at_their_places() -> None:
    text = HEAD + rule("one", PLAIN) + rule("two", PLAIN, topic="'unit'") + rule("three", PLAIN)
    document, problems, spoilt = parts(text)
    assert document is not None
    assert [rule["id"] for rule in document.data["rules"]] == ["one", "three"]
    assert spoilt.holds("rule", "acme/main/two")
    assert not spoilt.holds("rule", "acme/main/three")
    line = text[: text.index("'three'")].count("\n") + 1
    problems.add(document, ("rules", 1, "id"), "is", "mend it")
    told = problems.found[-1]
    assert (told.line, told.path) == (line, "rules[2].id")


def test_a_declaration_with_a_fault_is_left_out_and_its_name_is_spoilt() -> None:
    text = HEAD + rule("one", PLAIN) + "[conditions.bad]\nfcat = 'line.units'\n[conditions.good]\nfact = 'telehealth'\n"
    text += "is = true\n[parameters.most]\nunit = 'unit'\nvalues = []\n"
    document, _, spoilt = parts(text)
    assert document is not None
    assert list(document.data["conditions"]) == ["good"]
    assert document.data["parameters"] == {}
    assert [spoilt.holds("condition", name) for name in ("bad", "good")] == [True, False]
    assert [spoilt.holds("parameter", name) for name in ("most", "least")] == [True, False]
    assert spoilt.among("condition", ["good"]) == ("good", "bad")


def test_a_head_with_faults_has_stand_ins() -> None:
    data = kept("format = 1\ncodes = ['97760']\ntitle = 4\n" + rule("one", PLAIN))
    assert (data["id"], data["title"], data["codes"]) == ("acme/d", "", ["97760"])
    assert [rule["id"] for rule in data["rules"]] == ["one"]


def test_a_table_without_its_columns_is_no_table() -> None:
    text = "format = 1\nid = 't'\ntitle = 'T'\nopen_ended = 'none'\ncites = ['notice']\nkey = ['code']\nrows = []\n"
    document, _, spoilt = parts(text + "[columns]\ncode = { type = 'cod' }\n", "table")
    assert document is None
    assert [spoilt.holds("table", name) for name in ("t", "u")] == [True, False]


def test_a_misspelt_key_of_the_document_may_hold_any_name() -> None:
    _, _, spoilt = parts(HEAD + rule("one", PLAIN) + "[condition.few]\nfact = 'telehealth'\nis = true\n")
    assert spoilt.holds("condition", "few")
    assert not spoilt.holds("rule", "acme/main/one")


@pytest.mark.parametrize("schema", PARTS)
@pytest.mark.parametrize("text", [b"format =", b"\xff"])
def test_what_is_no_toml_may_declare_any_name(schema: str, text: bytes) -> None:
    document, problems, spoilt = parts(text, schema)
    assert (document, len(problems.found)) == (None, 1)
    lost = {*PARTS[schema].values(), *OWN_NAME.get(schema, "").split()}
    assert {kind for kind in KINDS if spoilt.holds(kind, "x")} == lost & set(KINDS)


@pytest.mark.parametrize("schema", PARTS)
def test_every_schema_has_its_stand_ins(schema: str) -> None:
    assert set(NEEDED[schema]).isdisjoint({"format", "id"})
    assert PARTS[schema].keys() & NEEDED[schema].keys() <= {"rules", "sources", "encounters", "cases"}


def test_what_is_in_order_is_as_it_is() -> None:
    document, problems, spoilt = parts(SOURCES, "sources")
    assert document is not None
    assert (problems.found, document.kept) == ([], {})
    assert [kind for kind in KINDS if spoilt.holds(kind, "notice")] == []


def test_all_names_of_a_pack_may_be_spoilt() -> None:
    spoilt = Spoilt()
    spoilt.add("table", "shared/")
    assert [spoilt.holds("table", name) for name in ("shared/codes", "shared", "acme/codes")] == [True, False, False]
    assert not spoilt.holds("rule", "shared/codes")
