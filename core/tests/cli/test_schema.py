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
