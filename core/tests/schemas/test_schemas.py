import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from crosspayer import schemas

Ship = Callable[[dict[str, Any]], None]
CHECKOUT = Path(__file__).parents[3] / "schemas"
PACKAGE = Path(schemas.__file__).parents[1]


def test_a_checkout_reads_its_own_top_level_folder() -> None:
    assert Path(str(schemas.home())) == CHECKOUT


def test_an_installed_package_reads_the_schemas_inside_it(tmp_path: Path) -> None:
    installed = tmp_path / "site" / "crosspayer"
    (installed / "schemas").mkdir(parents=True)
    shutil.copy(PACKAGE / "__init__.py", installed)
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
