"""Reading a plugin's TOML documents: parsed, validated against their schema, with places for later faults."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from crosspayer import schemas
from crosspayer.errors import InputError, Problem
from crosspayer.policy import kept
from crosspayer.schemas.positions import KeyPath, Place, place_of
from crosspayer.schemas.toml_document import MAX_BYTES, parsed, shape_faults

MAX_ROWS = 200_000
"""The rows or codes of one table."""
KEPT = frozenset({"pack", "payer", "policy", "sources", "table"})
"""The schemas of documents that are kept parsed: what a plugin says itself, and nothing else."""
_WORDS = re.compile(rb"""(?:"[^"\\\n]*(?:\\.[^"\\\n]*)*"|'[^'\n]*'|#[^\n]*)""")


@dataclass(frozen=True, slots=True)
class Document:
    """One validated TOML document. `origin` names it in messages; `digest` is the SHA-256 of its bytes.

    `kept` is for a document with faults: of each list that elements were left out of, the indexes of the others.
    """

    origin: str
    text: str
    data: Mapping[str, Any]
    digest: str
    kept: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def written(self, path: KeyPath) -> KeyPath:
        """Where the text has what `data` has at `path`."""
        match path:
            case (str(name), int(index), *below) if name in self.kept:
                return (name, self.kept[name][index], *below)
        return path


@dataclass(slots=True)
class Problems:
    """The faults found so far; places are looked up in the text only when there is a fault."""

    found: list[Problem] = field(default_factory=list)
    _positions: dict[str, Mapping[KeyPath, tuple[int, int]]] = field(default_factory=dict)

    def add(self, document: Document, path: KeyPath, what: str, remedy: str) -> None:
        """Record a fault at a key of a document."""
        line, column = self._place(document, path)
        self.found.append(Problem(document.origin, line, column, path_text(document.written(path)), what, remedy))

    def place(self, document: Document, path: KeyPath) -> str:
        """A place that a fault elsewhere has to name: `policies/units.toml:12`."""
        return f"{document.origin}:{self._place(document, path)[0]}"

    def _place(self, document: Document, path: KeyPath) -> Place:
        from crosspayer.schemas.toml_positions import key_positions

        if document.origin not in self._positions:
            self._positions[document.origin] = key_positions(document.text)
        return place_of(self._positions[document.origin], document.written(path)) or (1, 1)

    def at(self, document: Document, prefix: KeyPath = ()) -> Callable[[KeyPath, str, str], None]:
        """`add` for one document, as the condition parser wants it."""

        def report(path: KeyPath, what: str, remedy: str) -> None:
            self.add(document, (*prefix, *path), what, remedy)

        return report

    def extend(self, problems: Iterable[Problem]) -> None:
        """Take over faults found elsewhere."""
        self.found.extend(problems)

    def check(self) -> None:
        """Raise `InputError` with every fault, if there is one."""
        if self.found:
            raise InputError(sorted(set(self.found)))


def path_text(path: KeyPath) -> str:
    """`rules[2].require.at_least` for a tuple of keys and indexes."""
    text = ""
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


class ValidatedDigests:
    """Remembers which documents have been validated against these schemas, so that jsonschema need not be imported.

    One file per digest under the user's cache folder (`CROSSPAYER_CACHE`, `XDG_CACHE_HOME` or `~/.cache`; an empty
    `CROSSPAYER_CACHE` switches it off). Of what a plugin says itself the file holds the parsed document too, since TOML
    takes longer to parse than everything else; of profiles, cases and encounters nothing is kept but the digest. A file
    that is damaged, or a folder that cannot be written, only costs time.
    """

    def __init__(self) -> None:
        chosen = os.environ.get("CROSSPAYER_CACHE")
        if chosen == "":
            self.folder: Path | None = None
            self.known: set[str] = set()
            return
        base = Path(chosen or os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        self.folder = base / "crosspayer" / "validated" / schemas.digest()[:16]
        try:
            self.known = {entry.name for entry in self.folder.iterdir()}
        except OSError:
            self.known = set()

    def __contains__(self, key: str) -> bool:
        return key in self.known

    def parsed(self, key: str) -> Mapping[str, Any] | None:
        """The parsed document, if it was kept. One that is damaged is forgotten, so that it will be validated again."""
        if self.folder is None or key not in self.known or key.rpartition("-")[0] not in KEPT:
            return None
        try:
            found = kept.read((self.folder / key).read_bytes())
        except OSError:
            found = None
        if found is None:
            self.known.discard(key)
        return found

    def add(self, key: str, data: Mapping[str, Any]) -> None:
        """Remember a document; failures are ignored, the next run validates again."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            written = self.folder / f".{key}-{os.getpid()}"
            written.write_bytes(kept.write(data) if key.rpartition("-")[0] in KEPT else b"")
            written.replace(self.folder / key)
        except OSError:
            self.folder = None


def read_toml(raw: bytes, origin: str, schema: str, validated: ValidatedDigests) -> Document:
    """The document, or `InputError` with every fault of its encoding, syntax or shape."""
    document, found = read_shape(raw, origin, schema, validated)
    if found:
        raise InputError(found)
    return document


def read_shape(raw: bytes, origin: str, schema: str, validated: ValidatedDigests) -> tuple[Document, list[Problem]]:
    """The document, and the faults of its shape. Raises `InputError` where it is no TOML at all."""
    digest = hashlib.sha256(raw).hexdigest()
    known = validated.parsed(f"{schema}-{digest}")
    if known is not None:
        return Document(origin, raw.decode().removeprefix("\ufeff"), known, f"sha256:{digest}"), []
    if len(raw) <= MAX_BYTES and _too_many(raw):
        what = f"the file lists more than {MAX_ROWS} rows or codes"
        raise InputError([Problem(origin, None, None, "", what, "split it")])
    text, data = parsed(raw, origin)
    found = shape_faults(text, data, origin, schema, digest, validated)
    return Document(origin, text, data, f"sha256:{digest}"), found


def _too_many(raw: bytes) -> bool:
    """Whether a document lists more than a table may hold, counted before it is parsed, which takes far longer.

    A row in braces with n keys has n - 1 commas of its own; the other commas part the elements of lists.
    """
    if raw.count(b"[[") > MAX_ROWS:
        return True
    if raw.count(b",") <= MAX_ROWS:
        return False
    bare = _WORDS.sub(b"", raw)
    return bare.count(b",") - max(0, bare.count(b"=") - bare.count(b"{")) > MAX_ROWS
