import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crosspayer import schemas
from crosspayer.schemas import dialect
from crosspayer.schemas.validate import problems

DRAFT = "https://json-schema.org/draft/2020-12/schema"
Check = Callable[..., list[str]]
Ship = Callable[[dict[str, Any]], None]


def forget() -> None:
    for cached in (schemas.names, schemas.text, schemas.load, schemas.digest):
        cached.cache_clear()
    dialect.validator.cache_clear()
    dialect._registry.cache_clear()


@pytest.fixture
def ship(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ship]:
    """Puts schemas of the test's own, by name, in the place of the shipped ones."""
    monkeypatch.setattr(schemas, "home", lambda: tmp_path)
    forget()

    def put(own: dict[str, Any]) -> None:
        for name, schema in own.items():
            whole = {"$schema": DRAFT, "$id": f"https://crosspayer.invalid/{name}.schema.json", **schema}
            (tmp_path / f"{name}.schema.json").write_text(json.dumps(whole), encoding="utf-8")
        forget()

    yield put
    forget()


@pytest.fixture
def check(ship: Ship) -> Check:
    """The sentences for a document without a text, held against a schema of the test's own."""

    def said(schema: dict[str, Any], document: object, quote_values: bool = False, **others: Any) -> list[str]:
        ship({"own": schema, **others})
        found = problems(document, "own", "", dict, quote_values)
        assert found == sorted(found)
        return [str(problem) for problem in found]

    return said
