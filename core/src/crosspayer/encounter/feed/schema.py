"""The JSON Schemas of column maps and payer maps, written from the fact catalogue."""

from __future__ import annotations

from typing import Any

from crosspayer.encounter.catalogue import CATALOGUE
from crosspayer.encounter.fact import Fact
from crosspayer.encounter.feed.cells import DATES
from crosspayer.encounter.model import LIMITS
from crosspayer.encounter.profile_schema import DAY, ID, nested_facts
from crosspayer.encounter.quick import DIAGNOSIS

DIAGNOSES = "diagnosis_codes"
ENCODINGS = ("utf-8", "windows-1252")
DELIMITERS = (",", ";", "\t", "|")
IDENTIFIERS = {
    "payer_id": "the payer id of a claim (837: NM109 of the payer)",
    "filing_indicator": "the claim filing indicator (837: SBR09)",
    "clearinghouse_id": "the id a clearinghouse gives the payer",
    "insurance_type": "the number or word for a kind of insurance in a practice system",
    "payer_name": "the payer's name as the feed writes it",
    "plan_name": "the plan's name as the feed writes it",
}
"""What a feed may carry instead of our payer and plan, and what each is."""
LONGEST, MOST_HEADINGS = 200, 50
"""Characters of a heading, and headings of one list."""
_HEADING = {"type": "string", "minLength": 1, "maxLength": LONGEST}
_FACTS = "crosspayer facts lists the facts by their paths; derived ones and earlier lines are not read from tables"
_TEXT = {"type": "string", "maxLength": 500}


def column_facts() -> dict[str, Fact]:
    """The facts a column may hold, by path: those of the encounter, its lines and its coverages."""
    facts = {path: f for path, f in CATALOGUE.items() if not f.derived and f.entity != "past"}
    facts.pop("history.complete_since")  # of a list that a table of lines cannot hold
    diagnoses = CATALOGUE[DIAGNOSES]._replace(derived=False, pattern=DIAGNOSIS)
    return {**facts, DIAGNOSES: diagnoses}


def columns_schema() -> dict[str, Any]:
    """The whole schema; `schemas/columns.schema.json` is its text."""
    facts = nested_facts(_settable(), _FACTS)
    del facts["minProperties"]  # a cell may be known and say nothing
    return {
        **_head("columns", "Column map", "Which column of a table of service lines holds which fact, and how."),
        "required": ["format", "columns"],
        "properties": {
            "format": _format("column map"),
            "title": {"description": "Which export it reads, in our own words.", **_TEXT},
            "encoding": {
                "description": "How the file's characters are encoded; left out, utf-8.",
                "enum": list(ENCODINGS),
            },
            "delimiter": {
                "description": "What stands between cells; left out, the one that parts the header row as mapped.",
                "enum": list(DELIMITERS),
            },
            "encounter": {
                "description": "Headings of the columns that together name an encounter; left out, the user says it.",
                "type": "array",
                "minItems": 1,
                "maxItems": 8,
                "uniqueItems": True,
                "items": _HEADING,
            },
            "constants": {"description": "Facts that hold for every row.", "$ref": "#/$defs/facts"},
            "columns": {
                "description": "The columns that are read; all others are left alone.",
                "type": "array",
                "minItems": 1,
                "maxItems": 1000,
                "items": {"$ref": "#/$defs/column"},
            },
        },
        "$defs": {"column": _column(), "facts": facts},
    }


def _settable() -> dict[str, Fact]:
    return {path: fact for path, fact in column_facts().items() if path != DIAGNOSES}


def _column() -> dict[str, Any]:
    cell = {"type": ["boolean", "integer", "number", "string"]}
    return {
        "description": "One column, or several that hold one list, and what their cells say.",
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "heading": {"description": "The column's heading.", **_HEADING},
            "headings": {
                "description": "Headings of several: each holds a part of a list, or all hold the same fact.",
                "type": "array",
                "minItems": 1,
                "maxItems": MOST_HEADINGS,
                "uniqueItems": True,
                "items": _HEADING,
            },
            "fact": {"description": "The fact the cells hold.", "enum": list(column_facts()), "x-remedy": _FACTS},
            "facts": {
                "description": "For each cell that may stand there, the facts it says.",
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1000,
                "additionalProperties": {"$ref": "#/$defs/facts"},
            },
            "identifier": {
                "description": "What the cells are, to be looked up in the payer map.",
                "enum": list(IDENTIFIERS),
            },
            "coverage": {
                "description": "Which of the patient's coverages it is about, from 1; left out, the first.",
                "type": "integer",
                "minimum": 1,
                "maximum": LIMITS["coverages"],
            },
            "split": {
                "description": "Characters that stand between the codes of one cell.",
                "type": "string",
                "minLength": 1,
                "maxLength": 8,
            },
            "values": {
                "description": "For each cell that may stand there, the fact's value.",
                "type": "object",
                "minProperties": 1,
                "maxProperties": 1000,
                "additionalProperties": cell,
            },
            "unknown": {
                "description": "Cells that say nothing, beside the empty one.",
                "type": "array",
                "minItems": 1,
                "maxItems": 50,
                "items": _TEXT,
            },
            "empty": {
                "description": "none: a row whose cells are all empty is known to have no code.",
                "const": "none",
                "x-remedy": 'write empty = "none", or leave it out: an empty cell is unknown',
            },
            "dates": {
                "description": "How days are written; no cell fits two of the ways.",
                "type": "array",
                "minItems": 1,
                "uniqueItems": True,
                "items": {"enum": list(DATES)},
            },
            "currency": {"description": "The sign before amounts.", "type": "string", "minLength": 1, "maxLength": 4},
            "thousands": {"description": "What parts thousands.", "enum": [",", " ", "'"]},
        },
    }


def payer_map_schema() -> dict[str, Any]:
    """The whole schema; `schemas/payer-map.schema.json` is its text."""
    text = {"type": "string", "maxLength": 200, "pattern": "[^ ]"}
    keys = {
        name: {
            "description": f"It is {meaning}; a list says any of these.",
            "anyOf": [text, {"type": "array", "minItems": 1, "maxItems": 500, "uniqueItems": True, "items": text}],
            "x-remedy": "write it in double quotes, or several in square brackets",
        }
        for name, meaning in IDENTIFIERS.items()
    }
    return {
        **_head("payer-map", "Payer map", "Which payer and plan the identifiers and names mean that a feed carries."),
        "required": ["format"],
        "properties": {
            "format": _format("payer map"),
            "entries": {
                "description": "What is known; of the entries that fit, the one that names most identifiers speaks.",
                "type": "array",
                "maxItems": 5000,
                "items": {
                    "description": "The identifiers a coverage must all have, and whose it then is.",
                    "type": "object",
                    "additionalProperties": False,
                    "required": ["payer"],
                    "properties": {
                        **keys,
                        "payer": {"description": "The payer's id.", **ID},
                        "plan": {"description": "The plan's id within the payer.", **ID},
                        "from": {"description": "First day of service it holds for.", **DAY},
                        "to": {"description": "Last day of service it holds for.", **DAY},
                    },
                },
            },
        },
    }


def _head(name: str, title: str, description: str) -> dict[str, Any]:
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"https://crosspayer.dev/schemas/{name}.schema.json",
        "title": title,
        "description": description,
        "type": "object",
        "additionalProperties": False,
    }


def _format(document: str) -> dict[str, Any]:
    return {"description": f"Version of the {document} format.", "const": 1, "x-remedy": "write format = 1"}
