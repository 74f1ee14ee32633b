import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from crosspayer import schemas
from jsonschema import Draft202012Validator

Ship = Callable[[dict[str, Any]], None]
CHECKOUT = Path(__file__).parents[3] / "schemas"
PACKAGE = Path(schemas.__file__).parents[1]


def test_a_checkout_reads_its_own_top_level_folder() -> None:
    assert Path(str(schemas.home())) == CHECKOUT


def test_an_installed_package_reads_the_schemas_inside_it(tmp_path: Path) -> None:
    installed = tmp_path / "site" / "crosspayer"
    (installed / "schemas").mkdir(parents=True)
    (installed / "__init__.py").touch()
    shutil.copy(PACKAGE / "schemas" / "__init__.py", installed / "schemas")
    (installed / "schemas" / "policy.schema.json").write_text('{"$id": "urn:x"}', encoding="utf-8")
    code = "from crosspayer import schemas; print(schemas.home(), *schemas.names(), schemas.load('policy'))"
    run = subprocess.run(
        [sys.executable, "-S", "-c", code],
        env={"PYTHONPATH": str(tmp_path / "site")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout.strip() == f"{installed / 'schemas'} policy {{'$id': 'urn:x'}}"


def test_names_are_those_of_the_files_sorted(ship: Ship, tmp_path: Path) -> None:
    ship({"policy": {}, "case": {}})
    (tmp_path / "README.md").touch()
    assert schemas.names() == ("case", "policy")


def test_text_is_the_file_and_load_is_what_it_says(ship: Ship, tmp_path: Path) -> None:
    ship({"case": {"title": "Fälle"}})
    assert schemas.text("case") == (tmp_path / "case.schema.json").read_text(encoding="utf-8")
    assert schemas.load("case") == json.loads(schemas.text("case"))
    assert schemas.load("case") is schemas.load("case")


def test_an_unknown_name_is_a_key_error_that_lists_the_known(ship: Ship) -> None:
    ship({"case": {}, "policy": {}})
    with pytest.raises(KeyError, match=r"no schema '\.\./case'; there are case, policy"):
        schemas.load("../case")


def test_the_digest_changes_with_any_name_and_any_text_and_with_nothing_else(ship: Ship, tmp_path: Path) -> None:
    ship({"case": {}, "policy": {}})
    before = schemas.digest()
    assert len(bytes.fromhex(before)) == hashlib.sha256().digest_size
    (tmp_path / "README.md").write_text("other", encoding="utf-8")
    ship({})
    assert schemas.digest() == before
    ship({"policy": {"title": "x"}})
    changed = schemas.digest()
    (tmp_path / "policy.schema.json").rename(tmp_path / "rule.schema.json")
    ship({})
    assert len({before, changed, schemas.digest()}) == 3


def parts(schema: object) -> Iterator[tuple[str, object]]:
    """Every key of a schema, at any depth, with its value."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            yield key, value
            yield from parts(value)
    elif isinstance(schema, list):
        for value in schema:
            yield from parts(value)


@pytest.mark.parametrize("name", schemas.names())
def test_a_shipped_schema_is_valid_and_keeps_to_what_the_dialect_knows(name: str) -> None:
    schema = schemas.load(name)
    Draft202012Validator.check_schema(schema)
    assert str(schema["$id"]).endswith(f"/{name}.schema.json")
    found = list(parts(schema))
    assert {value for key, value in found if key == "format" and isinstance(value, str)} <= {"date"}
    assert not {"unevaluatedProperties", "unevaluatedItems", "$dynamicRef"} & {key for key, _ in found}
    assert all(isinstance(value, str) and value for key, value in found if key == "x-remedy")
