"""The JSON Schema of `profile.toml`: which keys find an entry, and the facts of the catalogue that may stand in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact, Type
from crosspayer.encounter.schema import value_schema

MAX_ENTRIES = 2000
SAYS_SOMETHING = "[A-Za-z0-9]"
"""A text without a letter or digit, such as the template's "?", says nothing."""
_FACTS_ONLY = (
    "a profile holds facts of contracts, plans and the practice, written as in coverage.unit_method = …: "
    "crosspayer facts --profile-template lists them"
)
_NPI = {"type": "string", "pattern": "^[0-9]{10}$", "x-remedy": "write the ten digits of the NPI in double quotes"}
DAY = {"type": "string", "format": "date", "x-remedy": "write the day as YYYY-MM-DD, without quotes"}
ID = {
    "type": "string",
    "maxLength": 80,
    "pattern": "^(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*$",
    "x-remedy": "write the id as crosspayer plugins list shows it, in kebab-case",
}
_PAYER_FACT = {
    "description": "A fact that the payer's plugin declares; its type is checked where that plugin is loaded.",
    "type": ["boolean", "number", "string", "array"],
    "pattern": SAYS_SOMETHING,
    "items": {"type": "string", "maxLength": 80},
    "maxItems": 50,
    "maxLength": 80,
    "x-remedy": "write true, false, a number, a day, text in double quotes, or a list of codes",
}


def profile_facts() -> dict[str, Fact]:
    """The facts of the catalogue that may stand in a profile, by path: those that hold for more than one visit."""
    return {path: fact for path, fact in CATALOGUE.items() if fact.holds_for != "visit"}


def profile_schema() -> dict[str, Any]:
    """The whole schema; `schemas/profile.schema.json` is its text."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "https://crosspayer.dev/schemas/profile.schema.json",
        "title": "Profile",
        "description": (
            "profile.toml: dated facts of a practice's contracts and plans. They hold where an encounter is silent; of "
            "the entries that fit an encounter, the one that names most keys speaks."
        ),
        "type": "object",
        "additionalProperties": False,
        "required": ["format"],
        "properties": {
            "format": {"description": "Version of the profile format.", "const": 1, "x-remedy": "write format = 1"},
            "entries": {
                "description": "What is known, each entry for the encounters its keys fit.",
                "type": "array",
                "maxItems": MAX_ENTRIES,
                "items": {"$ref": "#/$defs/entry"},
            },
        },
        "$defs": {"entry": _entry(), "facts": _facts()},
    }


def _entry() -> dict[str, Any]:
    return {
        "description": "Facts, and the encounters they hold for. A key that is left out holds for all.",
        "type": "object",
        "additionalProperties": False,
        "required": ["facts"],
        "properties": {
            "payer": {"description": "The payer's id.", **ID},
            "plan": {"description": "The plan's id within the payer.", **ID},
            "billing_npi": {"description": "NPI of the billing provider (billing.npi).", **_NPI},
            "rendering_npi": {"description": "NPI of the rendering provider (rendering.npi).", **_NPI},
            "state": {
                "description": "State of the billing provider (billing.state).",
                "type": "string",
                "pattern": CATALOGUE["billing.state"].pattern,
                "x-remedy": "write the state's two capital letters in double quotes",
            },
            "from": {"description": "First day of service they hold for.", **DAY},
            "to": {"description": "Last day of service they hold for.", **DAY},
            "facts": {"$ref": "#/$defs/facts"},
        },
        "dependentRequired": {"plan": ["payer"]},
    }


def _facts() -> dict[str, Any]:
    """The facts, nested by their paths, and those that only one payer asks for."""
    root = nested_facts(profile_facts(), _FACTS_ONLY)
    root["properties"]["payer_facts"] = {
        "description": "Facts that only one payer asks for: payer_facts.<payer>.<name>.",
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "patternProperties": {
            ID["pattern"]: {
                "type": "object",
                "minProperties": 1,
                "additionalProperties": False,
                "patternProperties": {"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": _PAYER_FACT},
                "x-remedy": "write the fact's name as crosspayer facts shows it, in snake_case",
            }
        },
        "x-remedy": "write payer_facts.<payer>.<name>, the payer's id in kebab-case",
    }
    return root


def nested_facts(facts: Mapping[str, Fact], remedy: str) -> dict[str, Any]:
    """A closed object of facts, nested by their paths; `remedy` is said of any other key."""
    root = _closed("Facts by their paths in the catalogue.", remedy)
    for path, fact in facts.items():
        *steps, name = path.split(".")
        node = root
        for step in steps:
            node = node["properties"].setdefault(step, _closed(f"Facts that begin with {step}.", remedy))
        shape = value_schema(fact)
        if fact.type in (Type.TEXT, Type.CODE) and "pattern" not in shape:
            shape |= {"pattern": SAYS_SOMETHING, "x-remedy": "write what it is, in double quotes"}
        node["properties"][name] = shape
    return root


def _closed(description: str, remedy: str) -> dict[str, Any]:
    return {
        "description": description,
        "type": "object",
        "minProperties": 1,
        "additionalProperties": False,
        "properties": {},
        "x-remedy": remedy,
    }
