"""A site's own tables: a folder of imported tables that take the place of the plugins' own of the same id.

`<folder>/<plugin>/<table>.toml` describes a table and says where it comes from, the CSV file beside it holds the rows.
Nothing of a plugin is edited: its table is replaced in memory, while the engine is built.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from crosspayer.errors import InputError, Problem
from crosspayer.language.names import suggestion
from crosspayer.plugins.assemble import Library
from crosspayer.policy.documents import Document, Problems, ValidatedDigests, read_toml
from crosspayer.policy.namespace import Namespace, TableDocument, load_namespace
from crosspayer.policy.tables import Table

AGAIN = "import it again with crosspayer tables import"


class OverlayFile(NamedTuple):
    """An imported table as its two files hold it. `origin` and `rows_origin` name them in messages."""

    plugin: str
    origin: str
    content: bytes
    rows_origin: str
    rows: bytes


class Overlays:
    """The imported tables of a folder, laid over the plugins' libraries one by one.

    Faults are gathered, and `check` raises them: a table that the user asked for is used or the run ends.
    """

    def __init__(self, folder: Path | None, validated: ValidatedDigests) -> None:
        self._validated = validated
        self._problems = Problems()
        self._files: dict[str, list[OverlayFile]] = {}
        self.used: dict[str, str] = {}
        """The full ids of the tables that were replaced, with the file that describes the new one."""
        if folder is not None:
            for found in self._read(folder):
                self._files.setdefault(found.plugin, []).append(found)
            if not self._files and not self._problems.found:
                self._fault(folder, "the folder holds no imported table", "import one with crosspayer tables import")

    def lay_over(self, library: Library) -> None:
        """Replace the tables of a plugin that were imported for it."""
        for found in self._files.get(library.plugin.id, ()):
            table = lay_over(found, library, self._validated, self._problems)
            if table is not None:
                self.used[table.id] = found.origin

    def check(self, plugins: Collection[str]) -> None:
        """Raise `InputError` with all faults; an imported table of a plugin that was not found is one."""
        for name, files in self._files.items():
            if name not in plugins:
                what = f"no plugin is named {name}"
                self._fault(Path(files[0].origin).parent, what, "install it, or remove the folder")
        self._problems.check()

    def _read(self, folder: Path) -> Iterator[OverlayFile]:
        if not folder.is_dir():
            self._fault(folder, "there is no such folder", "name the folder given to crosspayer tables import --into")
            return
        for path in sorted(folder.glob("[!.]*/[!.]*.toml")):
            rows = path.with_suffix(".csv")
            try:
                yield OverlayFile(path.parent.name, str(path), path.read_bytes(), str(rows), rows.read_bytes())
            except OSError:
                self._fault(path, f"the table or its rows in {rows.name} cannot be read", AGAIN)

    def _fault(self, path: Path, what: str, remedy: str) -> None:
        self._problems.extend([Problem(str(path), None, None, "", what, remedy)])


def source_name(table: str) -> str:
    """The id of the source of an imported table, among its plugin's."""
    return f"site-{table}"


def lay_over(found: OverlayFile, library: Library, validated: ValidatedDigests, problems: Problems) -> Table | None:
    """Put an imported table and its source in the place of the plugin's. Faults go to `problems`."""
    own = Problems()
    space = _loaded(found, library, validated, own)
    table = next(iter(space.tables.values()), None) if space is not None else None
    problems.extend(own.found)
    if space is None or table is None or own.found:
        return None
    library.space.tables[table.id.partition("/")[2]] = table
    library.space.sources.update(space.sources)
    return table


def _loaded(found: OverlayFile, library: Library, validated: ValidatedDigests, own: Problems) -> Namespace | None:
    try:
        document = read_toml(found.content, found.origin, "table", validated)
        rows = found.rows.decode("utf-8")
    except InputError as error:
        own.extend(error.problems)
        return None
    except UnicodeDecodeError:
        own.extend([Problem(found.rows_origin, None, None, "", "the rows are not UTF-8 text", AGAIN)])
        return None
    imported = document.data.get("imported")
    if imported is None:
        own.add(document, (), "the table does not say where it comes from", AGAIN)
        return None
    if imported["rows"] != f"sha256:{hashlib.sha256(found.rows).hexdigest()}":
        own.add(document, ("imported", "rows"), f"{found.rows_origin} holds other rows than were imported", AGAIN)
        return None
    short = document.data["id"]
    name = source_name(short)
    if name in library.space.sources:
        own.add(document, ("id",), f"{library.plugin.id} has a source {name} of its own", "rename that source")
    section = ", ".join(file["name"] for file in imported["files"])
    sources = Document(found.origin, "", {"sources": {name: {"section": section, **imported["source"]}}}, "")
    space = load_namespace(library.plugin.id, sources, [TableDocument(document, found.rows_origin, rows)], [], own)
    if not own.found:
        _replaces(document, space.tables[short], library, own)
    return space


def _replaces(document: Document, table: Table, library: Library, own: Problems) -> None:
    """Whether the plugin has this table, and everything its rules look up in it is still there."""
    plugin, short = library.plugin.id, table.id.partition("/")[2]
    base = library.space.tables.get(short)
    if base is None:
        remedy = suggestion(short, library.space.tables)
        own.add(document, ("id",), f"the plugin {plugin} has no table {short}", remedy)
        return
    if table.key != base.key:
        own.add(document, ("key",), f"the key of {table.id} is {', '.join(base.key)}", AGAIN)
    for name, column in base.columns.items():
        if table.columns.get(name) != column:
            what = f"the column {name} of {table.id} {'is another' if name in table.columns else 'is missing'}"
            own.add(document, ("columns",), what, AGAIN)
    kept: Mapping[str, object] = document.data["imported"]
    codes = kept.get("codes")
    if isinstance(codes, list):
        missing = sorted(policy_codes(library) - set(codes))
        if missing:
            what = f"its rows were not kept for the code {missing[0]} of the plugin's policies"
            own.add(document, ("imported", "codes"), what, AGAIN)


def policy_codes(library: Library) -> frozenset[str]:
    """The codes that the policies of a plugin judge."""
    return frozenset(code for document in library.policies for code in document.data["codes"])
