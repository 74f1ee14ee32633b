"""The JSON Schemas that crosspayer ships: `<name>.schema.json`, each with an `$id`."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_ENDING = ".schema.json"


def home() -> Traversable:
    """The folder with the schemas: inside the installed package, or the checkout's own."""
    from importlib import resources
    from pathlib import Path

    inside = resources.files(__name__)
    if any(entry.name.endswith(_ENDING) for entry in inside.iterdir()):
        return inside
    return Path(__file__).parents[4] / "schemas"  # an editable install reads the checkout


@cache
def names() -> tuple[str, ...]:
    """The names of the schemas (`policy`, `encounter` …), sorted."""
    files = (entry.name for entry in home().iterdir())
    return tuple(sorted(file.removesuffix(_ENDING) for file in files if file.endswith(_ENDING)))


@cache
def text(name: str) -> str:
    """The schema as it is shipped. Raises KeyError for a name that is not in `names()`."""
    if name not in names():
        raise KeyError(f"there is no schema {name!r}; there are {', '.join(names())}")
    return (home() / f"{name}{_ENDING}").read_text(encoding="utf-8")


@cache
def load(name: str) -> dict[str, object]:
    """The schema, parsed once for all callers: do not change it. Raises KeyError as `text` does."""
    import json

    return cast("dict[str, object]", json.loads(text(name)))


@cache
def digest() -> str:
    """SHA-256 (hexadecimal) over the names and texts of all schemas, to key what was made with them."""
    import hashlib

    whole = hashlib.sha256()
    for name in names():
        for part in (name, text(name)):
            data = part.encode()
            whole.update(len(data).to_bytes(8, "big"))
            whole.update(data)
    return whole.hexdigest()
