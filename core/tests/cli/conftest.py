import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from crosspayer.cli import cli
from crosspayer.plugins import discovery

from core.tests.invented import all_installed, copied

GOLDEN = Path(__file__).parent / "golden"
Golden = Callable[[str, str], None]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write what the commands print into golden/")


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Asserts that a text is what the file of golden/ holds; `--update-golden` writes the file first."""
    update = request.config.getoption("--update-golden", default=False)

    def check(name: str, text: str) -> None:
        if update:
            (GOLDEN / name).write_bytes(text.encode())
        assert text == (GOLDEN / name).read_bytes().decode(), f"pytest core/tests/cli --update-golden renews {name}"

    return check


class Shell:
    """Runs commands in an empty folder in which the invented plugins, and no others, are installed."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def put(self, name: str, content: object) -> str:
        """Write a file: bytes and text as they are, anything else as JSON. Its name."""
        if not isinstance(content, (bytes, str)):
            content = json.dumps(content, indent=2)
        path = self.home / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return name

    def __call__(self, *words: str, stdin: str | bytes | None = None) -> Result:
        """What the command prints and its exit code; fails where it ends in anything but its own exit."""
        result = CliRunner().invoke(cli, words, input=stdin)
        assert result.exception is None or isinstance(result.exception, SystemExit), result.exc_info
        assert "Traceback" not in result.output
        return result

    def json(self, *words: str, **others: Any) -> Any:
        """The document the command prints as JSON."""
        return json.loads(self(*words, "--format", "json", **others).stdout)


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Shell]:
    monkeypatch.setattr(discovery, "installed", all_installed)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.chdir(home)
    before = sys.stdout
    yield Shell(home)
    assert sys.stdout is before


@pytest.fixture
def acme(shell: Shell) -> Path:
    """A copy of the invented payer acme in the folder `acme`, to be changed."""
    return copied("acme", shell.home)
