import json
import re
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from crosspayer.schemas.positions import dotted
from crosspayer.schemas.toml_positions import key_positions
from crosspayer.schemas.validate import problems
from jsonschema import Draft202012Validator, FormatChecker

FOLDER = Path(__file__).parents[2] / "schemas"
Places = Callable[[str, Any], set[tuple[str | int, ...]]]
Refused = Callable[[str, str, str], None]


def as_json(value: Any) -> Any:
    """The document as JSON would hold it: days as strings."""
    match value:
        case dict():
            return {key: as_json(part) for key, part in value.items()}
        case list():
            return [as_json(part) for part in value]
        case date():
            return value.isoformat()
        case _:
            return value


def unexpected(value: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    """The keys that a closed object does not know."""
    patterns = schema.get("patternProperties", {})
    known = schema.get("properties", {})
    return [key for key in value if key not in known and not any(re.search(pattern, key) for pattern in patterns)]


@pytest.fixture(scope="session")
def places() -> Places:
    """Where a document breaks a schema, as any validator sees it; an unexpected key stands for itself."""
    validators = {
        path.name.removesuffix(".schema.json"): Draft202012Validator(
            json.loads(path.read_text(encoding="utf-8")), format_checker=FormatChecker(["date"])
        )
        for path in FOLDER.glob("*.schema.json")
    }

    def find(name: str, document: Any) -> set[tuple[str | int, ...]]:
        found: set[tuple[str | int, ...]] = set()
        for error in validators[name].iter_errors(as_json(document)):
            path = tuple(error.absolute_path)
            value: Any = error.instance
            schema: Any = error.schema
            if error.validator == "additionalProperties":
                found |= {(*path, key) for key in unexpected(value, schema)}
            else:
                found.add(path)
        return found

    return find


@pytest.fixture(scope="session")
def refused(places: Places) -> Refused:
    """Asserts that a document has one mistake, at `place`, for any validator and in the project's own report."""

    def check(name: str, text: str, place: str) -> None:
        document = tomllib.loads(text)
        found = places(name, document)
        deepest = max(found, key=len)
        assert dotted(deepest) == place
        assert [path for path in found if path != deepest[: len(path)]] == []  # nothing is said of other places
        reported = problems(document, name, "example.toml", lambda: key_positions(text))
        assert [problem.path for problem in reported] == [place]

    return check
