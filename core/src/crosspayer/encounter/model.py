"""The encounter as typed structs, built from the fact catalogue: one definition, no second list of fields."""

from __future__ import annotations

import keyword
from collections.abc import Mapping
from datetime import date
from functools import cache
from typing import Annotated, Any, Literal, Optional

import msgspec

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type

FORMAT = "crosspayer/encounter/1"
MAX_TEXT = 80
LIMITS = {"lines": 1000, "coverages": 20, "diagnoses": 50, "history": 10_000, "codes": 50, "modifiers": 12}
"""Most items a list may have; bounds memory and time for hostile input."""

PayerFact = bool | int | float | str | list[str]


def attribute(name: str) -> str:
    """The Python attribute of a JSON key (`from` is a keyword)."""
    return f"{name}_" if keyword.iskeyword(name) else name


@cache
def attributes(tail: str) -> tuple[str, ...]:
    """The Python attributes that lead to a fact (`Fact.tail`) from the struct it belongs to."""
    return tuple(attribute(step) for step in tail.split("."))


def _annotation(fact: Fact) -> Any:
    match fact.type:
        case Type.BOOLEAN:
            inner: Any = bool
        case Type.INTEGER:
            inner = Annotated[int, msgspec.Meta(ge=fact.low, le=fact.high)]
        case Type.MONEY:
            inner = Annotated[float, msgspec.Meta(ge=fact.low, le=fact.high)]
        case Type.DATE:
            inner = date
        case Type.WORD:
            inner = Literal[fact.words]
        case Type.CODES:
            most = LIMITS["modifiers" if fact.path.endswith("modifiers") else "codes"]
            inner = Annotated[list[str], msgspec.Meta(max_length=most)]
        case _:
            inner = Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]
    return Optional[inner]  # noqa: UP045 - built at run time


Tree = dict[str, Any]


def fact_tree(entity: str) -> Tree:
    """The supplied facts of an entity (`line`, `coverage`, `past`, or empty for the encounter), nested by path."""
    tree: Tree = {}
    for fact in CATALOGUE.values():
        if fact.derived or fact.entity != entity:
            continue
        steps = fact.tail.split(".")
        node = tree
        for step in steps[:-1]:
            node = node.setdefault(step, {})
        node[steps[-1]] = fact
    return tree


def _struct(name: str, tree: Tree, extra: Mapping[str, Any] | None = None) -> type[msgspec.Struct]:
    fields: list[tuple[str, Any, Any]] = []
    rename = {}
    for key, node in tree.items():
        attr = attribute(key)
        if attr != key:
            rename[attr] = key
        inner = _annotation(node) if isinstance(node, Fact) else Optional[_struct(f"{name}_{key}", node)]  # noqa: UP045
        fields.append((attr, inner, None))
    fields += [(key, annotation, None) for key, annotation in (extra or {}).items()]
    return msgspec.defstruct(
        name,
        fields,
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        rename=rename or None,
        gc=False,
        module=__name__,
    )


def _listed(item: type[msgspec.Struct], most: int) -> Any:
    return Optional[Annotated[list[item], msgspec.Meta(max_length=most)]]  # type: ignore[valid-type]  # noqa: UP045


@cache
def coverage_type() -> type[msgspec.Struct]:
    """The struct of one coverage, every field optional."""
    return _struct("Coverage", fact_tree("coverage"))


@cache
def encounter_type() -> type[msgspec.Struct]:
    """The struct an encounter is decoded into. Every field is optional but `id`; absent and null both mean unknown."""
    diagnosis = msgspec.defstruct(
        "Diagnosis", [("code", Annotated[str, msgspec.Meta(min_length=1, max_length=10)])], forbid_unknown_fields=True
    )
    tree = fact_tree("")
    history = _struct(
        "History", tree.pop("history"), {"lines": _listed(_struct("Past", fact_tree("past")), LIMITS["history"])}
    )
    extra = {
        "diagnoses": _listed(diagnosis, LIMITS["diagnoses"]),
        "coverages": _listed(coverage_type(), LIMITS["coverages"]),
        "lines": _listed(_struct("Line", fact_tree("line")), LIMITS["lines"]),
        "history": Optional[history],  # noqa: UP045
        "payer_facts": Optional[dict[str, Optional[dict[str, Optional[PayerFact]]]]],  # noqa: UP045
    }
    fields = _struct("Encounter", tree, extra)
    return msgspec.defstruct(
        "Encounter",
        [
            ("id", Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TEXT)]),
            ("format", Optional[Literal["crosspayer/encounter/1"]], None),  # noqa: UP045
        ],
        bases=(fields,),
        kw_only=True,
        forbid_unknown_fields=True,
        omit_defaults=True,
        module=__name__,
    )


@cache
def decoder() -> msgspec.json.Decoder[Any]:
    """The strict JSON decoder of encounters."""
    return msgspec.json.Decoder(encounter_type())
