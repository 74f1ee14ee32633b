"""A data plugin: core answers the hooks for it from its files; none of its code is imported."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from importlib.resources.abc import Traversable

from crosspayer.hookspecs import PluginDocument, hookimpl
from crosspayer.plugins.report import Quarantine

MANIFESTS = ("payer.toml", "pack.toml")
IMPORTS = "imports/"
"""Where a plugin says how files become tables: these documents are only read when a table is imported."""


class DataPlugin:
    """The hook implementations of a folder with a manifest, read when asked."""

    def __init__(self, root: Traversable, label: str) -> None:
        self._root, self._label = root, label

    @hookimpl
    def crosspayer_payer(self) -> PluginDocument:
        """The manifest."""
        return manifest(self._root, self._label)

    @hookimpl
    def crosspayer_policies(self) -> Iterable[PluginDocument]:
        """`sources.toml` and `policies/*.toml`."""
        sources = self._root / "sources.toml"
        if sources.is_file():
            yield self._read(sources, "sources.toml")
        yield from self._all("policies", (".toml",))

    @hookimpl
    def crosspayer_tables(self) -> Iterable[PluginDocument]:
        """`tables/*.toml`, `tables/*.csv` and `imports/*.toml`."""
        yield from self._all("tables", (".toml", ".csv"))
        yield from self._all(IMPORTS.rstrip("/"), (".toml",))

    @hookimpl
    def crosspayer_cases(self) -> Iterable[PluginDocument]:
        """`cases/*.toml`."""
        yield from self._all("cases", (".toml",))

    def _all(self, folder: str, endings: tuple[str, ...]) -> Iterator[PluginDocument]:
        home = self._root / folder
        if not home.is_dir():
            return
        for entry in sorted(home.iterdir(), key=lambda entry: entry.name):
            if entry.name.endswith(endings) and entry.is_file():
                yield self._read(entry, f"{folder}/{entry.name}")

    def _read(self, entry: Traversable, name: str) -> PluginDocument:
        return PluginDocument(name, f"{self._label}/{name}", entry.read_bytes())


def manifest(root: Traversable, label: str) -> PluginDocument:
    """The manifest of a plugin's folder. Raises `Quarantine` where there is none, or two."""
    found = [name for name in MANIFESTS if (root / name).is_file()]
    if len(found) != 1:
        what = "has no payer.toml or pack.toml" if not found else "has both payer.toml and pack.toml"
        raise Quarantine("manifest", f"{label} {what}; give it one manifest at the root of its package")
    return PluginDocument(found[0], f"{label}/{found[0]}", (root / found[0]).read_bytes())
