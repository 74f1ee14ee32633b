"""`policy validate`: documents that cannot be read, or have lost a line."""

from collections.abc import Callable
from pathlib import Path

import pytest

from core.tests.cli.conftest import Shell
from core.tests.cli.spoiling import DOCUMENTS, empty, errors, half, latin
from core.tests.invented import FOLDER, copied


@pytest.mark.parametrize("break_it", [half, latin, empty])
@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_document_that_cannot_be_read_is_all_that_is_told(
    shell: Shell, acme: Path, name: str, break_it: Callable[[Path], None]
) -> None:
    break_it(acme / name)
    told = errors(shell)
    assert told
    assert [line for line in told if not line.startswith(f"acme/{name}:")] == []
    if break_it is not empty:
        assert len(told) == 1


PACK = sorted(path.relative_to(FOLDER).as_posix() for path in (FOLDER / "basics").rglob("*.toml"))


@pytest.mark.parametrize("break_it", [half, latin, empty])
@pytest.mark.parametrize("name", PACK)
def test_a_document_of_a_pack_that_cannot_be_read_spoils_no_payer(
    shell: Shell, acme: Path, name: str, break_it: Callable[[Path], None]
) -> None:
    copied("basics", shell.home)
    break_it(shell.home / name)
    told = errors(shell, "acme/", "basics/")
    assert told
    assert [line for line in told if not line.startswith(f"{name}:")] == []
    assert acme.is_dir()


def lines_of(name: str) -> list[int]:
    text = (FOLDER / "acme" / name).read_text(encoding="utf-8")
    return [number for number, line in enumerate(text.splitlines()) if line and not line.startswith("#")]


ONE_LINE_LESS = [(name, number) for name in DOCUMENTS for number in lines_of(name)]


@pytest.mark.parametrize(("name", "number"), ONE_LINE_LESS, ids=str)
def test_a_line_that_is_missing_is_told_where_it_was_or_where_it_is_used(
    shell: Shell, acme: Path, name: str, number: int
) -> None:
    """Of few lines the loss is no fault; where it is one, the run ends in sentences with places that exist."""
    lines = (acme / name).read_text(encoding="utf-8").splitlines(keepends=True)
    (acme / name).write_text("".join(lines[:number] + lines[number + 1 :]), encoding="utf-8")
    result = shell("policy", "validate", "acme/")
    assert result.exit_code in (0, 2)
    for line in result.stdout.splitlines()[:-1]:
        file, row, column = line.split(":")[:3]
        text = (shell.home / file).read_text(encoding="utf-8").split("\n")
        assert 1 <= int(column) <= len(text[int(row) - 1]) + 1
        assert line.endswith((".", "?"))
