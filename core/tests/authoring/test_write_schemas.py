"""The schemas made from code: the committed files are their text."""

import subprocess
import sys
from pathlib import Path

import pytest
from crosspayer import schemas
from crosspayer.authoring.write_schemas import texts, write

CHECKOUT = Path(__file__).parents[3] / "schemas"


@pytest.mark.parametrize("name", texts())
def test_the_committed_schema_is_what_the_code_makes(name: str) -> None:
    committed = (CHECKOUT / name).read_text(encoding="utf-8")
    assert committed == texts()[name], f"python -m crosspayer.authoring.write_schemas schemas renews {name}"


def test_they_are_written_as_they_are_shipped(tmp_path: Path) -> None:
    write(tmp_path)
    assert {path.name: path.read_bytes().decode() for path in tmp_path.iterdir()} == texts()
    for name, text in texts().items():
        assert schemas.text(name.removesuffix(".schema.json")) == text
        assert text.startswith("{\n  ")
        assert text.endswith("}\n")


def test_the_module_writes_them_into_a_folder(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "crosspayer.authoring.write_schemas"]
    subprocess.run([*command, str(tmp_path)], check=True)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(texts())
    wrong = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (
        1,
        "usage: python -m crosspayer.authoring.write_schemas FOLDER\n",
    )
