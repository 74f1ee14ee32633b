"""`crosspayer schema`: the shipped schemas."""

import pytest
from crosspayer import schemas

from core.tests.cli.conftest import Shell


def test_their_names(shell: Shell) -> None:
    result = shell("schema")
    assert result.stdout.splitlines() == list(schemas.names())
    assert {"answer", "case", "encounter", "pack", "payer", "policy", "sources", "table"} <= set(schemas.names())


@pytest.mark.parametrize("name", schemas.names())
def test_the_text_as_it_is_shipped(name: str, shell: Shell) -> None:
    assert shell("schema", name).stdout == schemas.text(name)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("anwser", "there is no schema anwser; did you mean answer?"),
        ("zz", f"there is no schema zz; there are {', '.join(schemas.names())}."),
    ],
)
def test_a_schema_that_is_not_there(name: str, sentence: str, shell: Shell) -> None:
    result = shell("schema", name)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {sentence}\n")


def test_they_are_written_for_programs_that_read_files(shell: Shell) -> None:
    assert shell("schema", "--into", "all").stdout == f"Wrote {len(schemas.names())} schemas into all.\n"
    written = {path.name: path.read_text(encoding="utf-8") for path in (shell.home / "all").iterdir()}
    assert written == {f"{name}.schema.json": schemas.text(name) for name in schemas.names()}
    assert shell("schema", "policy", "--into", "one").stdout == "Wrote policy into one.\n"
    assert [path.name for path in (shell.home / "one").iterdir()] == ["policy.schema.json"]


def test_a_folder_that_cannot_be_written_is_refused(shell: Shell) -> None:
    for folder in (shell.put("file", ""), "no/where"):
        result = shell("schema", "--into", folder)
        says = f"{folder}: the schemas cannot be written there; check that it is a folder you may write to."
        assert (result.exit_code, result.stdout, result.stderr) == (2, "", f"crosspayer: {says}\n")
