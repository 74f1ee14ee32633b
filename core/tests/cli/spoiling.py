"""Documents of the invented payer acme with faults put into them, and what `policy validate` says of them."""

from pathlib import Path

from core.tests.cli.conftest import Shell
from core.tests.invented import FOLDER

DOCUMENTS = sorted(path.relative_to(FOLDER / "acme").as_posix() for path in (FOLDER / "acme").rglob("*.toml"))
PLACEHOLDER = (
    "acme/sources.toml:7:1: warning: sources.billing-guide.url: the source billing-guide is a placeholder; "
    "put the published document in its place that the rules rest on."
)


def spoil(path: Path, *changes: tuple[str, str]) -> None:
    """Change a document: each text stands in it, and its first occurrence is replaced."""
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, encoding="utf-8")


def errors(shell: Shell, *words: str) -> list[str]:
    """The errors that are told of the plugins, and exit code 2."""
    result = shell("policy", "validate", *(words or ["acme/"]))
    assert (result.exit_code, result.stderr) == (2, "")
    return [line for line in result.stdout.splitlines() if ": error: " in line]


def half(path: Path) -> None:
    """A document as a crash in the middle of saving leaves it: broken off within a string."""
    text = path.read_bytes()
    path.write_bytes(text[: text.index(b'= "', len(text) // 2) + 4])


def latin(path: Path) -> None:
    path.write_bytes(path.read_bytes() + "# f\u00fcr sp\u00e4ter\n".encode("latin-1"))


def empty(path: Path) -> None:
    path.write_bytes(b"")
