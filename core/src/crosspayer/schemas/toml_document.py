"""A TOML document that a site writes (a profile, a column map, a payer map): read, and held against its schema."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from crosspayer.errors import InputError, Problem
from crosspayer.schemas.positions import KeyPath, dotted, place_of

MAX_BYTES = 16 * 1024 * 1024
Fault = tuple[KeyPath, str, str]
"""Where in the document, what is wrong, how to mend it."""


class Validated(Protocol):
    """Remembers documents that were held against their schema (`policy.documents.ValidatedDigests`)."""

    def __contains__(self, key: str) -> bool: ...

    def add(self, key: str, data: Mapping[str, Any]) -> None:
        """Remember a document."""


@dataclass(frozen=True, slots=True, eq=False)
class TomlDocument:
    """A document that keeps to its schema. `origin` names it in messages; `digest` is the SHA-256 of its bytes."""

    origin: str
    digest: str
    text: str = field(repr=False)
    data: Mapping[str, Any] = field(repr=False)

    @classmethod
    def read(cls, path: str | Path, schema: str, validated: Validated | None = None) -> TomlDocument:
        """The document of a file. Raises `InputError` also where there is no such file."""
        return cls.of(file_bytes(path), str(path), schema, validated)

    @classmethod
    def of(cls, raw: bytes | str, origin: str, schema: str, validated: Validated | None = None) -> TomlDocument:
        """The document of a text. `validated` saves holding it against the schema again.

        Raises `InputError` with every fault of its encoding, syntax and shape.
        """
        data = raw.encode() if isinstance(raw, str) else raw
        text, document = parsed(data, origin)
        digest = hashlib.sha256(data).hexdigest()
        found = shape_faults(text, document, origin, schema, digest, validated)
        if found:
            raise InputError(found)
        return cls(origin, f"sha256:{digest}", text, document)

    def problems(self, faults: Iterable[Fault]) -> list[Problem]:
        """Faults with their places in the text."""
        from crosspayer.schemas.toml_positions import key_positions

        positions = key_positions(self.text)
        found = []
        for path, what, remedy in faults:
            line, column = place_of(positions, path) or (None, None)
            found.append(Problem(self.origin, line, column, dotted(path), what, remedy))
        return found


def file_bytes(path: str | Path) -> bytes:
    """The bytes of a file a user named. Raises `InputError` where there is none to read."""
    try:
        return Path(path).read_bytes()
    except FileNotFoundError:
        raise _refused(str(path), "there is no such file", "correct its name") from None
    except IsADirectoryError:
        raise _refused(str(path), "is a folder, not a file", "name the file in it that is meant") from None
    except OSError:
        raise _refused(str(path), "the file cannot be read", "check that it is a file you may read") from None


def flat(table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """The values of nested tables with their dotted paths."""
    for key, value in table.items():
        if isinstance(value, dict):
            yield from flat(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def parsed(data: bytes, origin: str) -> tuple[str, dict[str, Any]]:
    """The text of a TOML document and what it says. Raises `InputError` where it is too large, no UTF-8 or no TOML."""
    if len(data) > MAX_BYTES:
        raise _refused(origin, "the file is larger than 16 MiB", "split it")
    try:
        text = data.decode("utf-8").removeprefix("\ufeff")
        return text, loads(text, origin)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = len(data[data.rfind(b"\n", 0, error.start) + 1 : error.start].decode("utf-8")) + 1
        fault = Problem(origin, line, column, "", "the file is not UTF-8 text", "save it as UTF-8")
        raise InputError([fault]) from None
    except RecursionError:
        raise _refused(origin, "the document is nested too deeply", "flatten it") from None


def loads(text: str, origin: str) -> dict[str, Any]:
    """What a TOML document says. Raises `InputError` where it is no TOML, RecursionError where it is too deep."""
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        from crosspayer.schemas.toml_positions import toml_syntax_problem

        raise InputError([toml_syntax_problem(text, origin, error)]) from None
    except ValueError:  # Python reads no number of thousands of digits
        found = max(re.finditer(r"[0-9][0-9_]*", text), key=lambda digits: len(digits[0]))
        line = text.count("\n", 0, found.start()) + 1
        column = found.start() - text.rfind("\n", 0, found.start())
        raise InputError(
            [Problem(origin, line, column, "", "a number has too many digits", "write a smaller one")]
        ) from None


def shape_faults(
    text: str, document: Mapping[str, Any], origin: str, schema: str, digest: str, validated: Validated | None
) -> list[Problem]:
    """How a document differs from its schema; `digest` is that of its bytes, for `validated` to remember."""
    key = f"{schema}-{digest}"
    if validated is not None and key in validated:
        return []
    from crosspayer.schemas.toml_positions import key_positions
    from crosspayer.schemas.validate import problems

    found = problems(document, schema, origin, lambda: key_positions(text), quote_values=True)
    if validated is not None and not found:
        validated.add(key, document)
    return found


def _refused(origin: str, what: str, remedy: str) -> InputError:
    return InputError([Problem(origin, None, None, "", what, remedy)])
