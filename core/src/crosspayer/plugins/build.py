"""Building an engine: find plugins, load each in its own guard, join packs, report what became of every one."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

from crosspayer.engine.engine import Engine, Execution
from crosspayer.errors import InputError, Problem
from crosspayer.plugins import discovery
from crosspayer.plugins.assemble import Library, assemble, read_library
from crosspayer.plugins.discovery import Candidate
from crosspayer.plugins.load import LoadedPlugin, guarded, load
from crosspayer.plugins.overlays import Overlays
from crosspayer.plugins.report import PluginReport, Quarantine
from crosspayer.policy.documents import ValidatedDigests
from crosspayer.policy.model import Payer

MAX_REASONS = 20


class PluginError(Exception):
    """A plugin that must answer does not: `reports` says which and why."""

    def __init__(self, reports: Iterable[PluginReport]) -> None:
        self.reports = tuple(reports)
        super().__init__(self.reports)

    def __str__(self) -> str:
        return "\n".join(f"{r.distribution}: quarantined at stage {r.stage}: {r.reason}" for r in self.reports)


class Installation(NamedTuple):
    """Everything that was found: payers that answer, the plugins they came from, and a report of every plugin."""

    payers: tuple[Payer, ...]
    libraries: dict[str, Library]
    reports: tuple[PluginReport, ...]
    site_tables: dict[str, str]  # full ids of the tables a site's own took the place of, with the file of each


def build_engine(
    *,
    plugins: Collection[str] | None = None,
    plugin_dirs: Iterable[str | Path] = (),
    allow_code: Collection[str] = (),
    strict: bool = False,
    payer_asserts: Collection[str] = (),
    tables: str | Path | None = None,
    execution: Execution = "auto",
) -> Engine:
    """An engine over the installed plugins.

    `plugins` narrows them to these names; `plugin_dirs` adds folders, which take the place of installed plugins of
    the same id; `allow_code` names the code plugins that may be imported; `strict` makes any quarantine fatal
    (`PluginError`). `payer_asserts` names payers whose determinations the host may call the payer's own; all others
    are advisory. `tables` is a folder of imported tables, which take the place of the plugins' own of the same id. A
    table that cannot, a folder that is not there or a name that is not installed raises `InputError`. `execution`
    chooses between the interpreter and the compiled form, which answer alike; `auto` compiles once the engine has
    answered a few encounters.
    """
    folders = [Path(path) for path in plugin_dirs]
    absent = [path for path in folders if not path.is_dir()]
    if absent:
        what, remedy = "there is no such folder", "name the folder that holds payer.toml"
        raise InputError(Problem(str(path), None, None, "", what, remedy) for path in absent)
    found = install(plugins=plugins, plugin_dirs=folders, allow_code=allow_code, tables=tables)
    unknown = set(plugins or ()) - {report.id for report in found.reports}
    if unknown:
        what, remedy = "no plugin of this name is installed", "see crosspayer plugins list"
        raise InputError(Problem(name, None, None, "", what, remedy) for name in unknown)
    broken = [report for report in found.reports if report.state == "quarantined"]
    if strict and broken:
        raise PluginError(broken)
    return Engine(found.payers, found.reports, payer_asserts, execution)


def install(
    *,
    plugins: Collection[str] | None = None,
    plugin_dirs: Iterable[str | Path] = (),
    allow_code: Collection[str] = (),
    candidates: Iterable[Candidate] | None = None,
    tables: str | Path | None = None,
) -> Installation:
    """Find and load every plugin. No failure of one keeps another from loading.

    Raises `InputError` for a site's own table that cannot take the place of a plugin's.
    """
    validated = ValidatedDigests()
    overlays = Overlays(None if tables is None else Path(tables), validated)
    reports: list[PluginReport] = []
    libraries: dict[str, Library] = {}
    refused: dict[str, str] = {}
    folders = [discovery.folder(Path(path)) for path in plugin_dirs]
    known = discovery.installed() if candidates is None else discovery.told_apart(candidates)
    loaded: dict[str, LoadedPlugin] = {}
    for candidate in folders:
        _load_into(loaded, candidate, allow_code, validated, reports, refused)
    taken = {*loaded, *refused}  # a folder the user named takes the place of an installed plugin, even a broken one
    for candidate in known:
        if candidate.name in taken:
            continue
        if plugins is None or candidate.name in plugins:
            _load_into(loaded, candidate, allow_code, validated, reports, refused)
    for name, plugin in sorted(loaded.items()):
        try:
            libraries[name] = _read(plugin, validated, overlays)
        except (InputError, Quarantine) as error:
            reports.append(_refuse(plugin, error, refused))
    packs = {name: library for name, library in libraries.items() if library.plugin.is_pack}
    if plugins is not None:
        packs = _with_needed_packs(packs, libraries, known, allow_code, validated, overlays, reports, refused)
    overlays.check({*loaded, *packs, *refused, *(candidate.name for candidate in known)})
    payers = []
    for _, library in sorted(libraries.items()):
        if not library.plugin.is_pack:
            try:
                payers.append(_assembled(library, packs, refused))
            except (InputError, Quarantine) as error:
                reports.append(_refuse(library.plugin, error, refused))
                continue
        reports.append(library.plugin.report())
    reports.sort(key=lambda r: (r.id, r.distribution))
    return Installation(tuple(payers), {**packs, **libraries}, tuple(reports), overlays.used)


def _with_needed_packs(
    packs: dict[str, Library],
    libraries: dict[str, Library],
    known: list[Candidate],
    allow_code: Collection[str],
    validated: ValidatedDigests,
    overlays: Overlays,
    reports: list[PluginReport],
    refused: dict[str, str],
) -> dict[str, Library]:
    """Packs that the chosen payers use, also where only the payers were named."""
    wanted = {use["pack"] for library in libraries.values() for use in library.plugin.manifest.data.get("uses", [])}
    found = dict(packs)
    settled = {*found, *refused}
    for candidate in known:
        if candidate.name in wanted - settled:
            extra: dict[str, LoadedPlugin] = {}
            _load_into(extra, candidate, allow_code, validated, reports, refused)
            for plugin in extra.values():
                try:
                    found[candidate.name] = _read(plugin, validated, overlays)
                    reports.append(plugin.report())
                except (InputError, Quarantine) as error:
                    reports.append(_refuse(plugin, error, refused))
    return found


def _read(plugin: LoadedPlugin, validated: ValidatedDigests, overlays: Overlays) -> Library:
    what = f"reading the documents of {plugin.candidate.distribution}"
    library = guarded(what, "document", lambda: read_library(plugin, validated))
    overlays.lay_over(library)
    return library


def _assembled(library: Library, packs: dict[str, Library], refused: dict[str, str]) -> Payer:
    what = f"joining the documents of {library.plugin.candidate.distribution}"
    return guarded(what, "document", lambda: assemble(library, packs, refused))


def _load_into(
    loaded: dict[str, LoadedPlugin],
    candidate: Candidate,
    allow_code: Collection[str],
    validated: ValidatedDigests,
    reports: list[PluginReport],
    refused: dict[str, str],
) -> None:
    try:
        plugin = load(candidate, allow_code, validated)
    except Quarantine as quarantine:
        reports.append(_quarantined(candidate, quarantine))
        refused[candidate.name] = quarantine.reason
        return
    if plugin.id in loaded:
        reason = (
            f"{loaded[plugin.id].candidate.distribution} and {candidate.distribution} both claim {plugin.id}; name one"
        )
        reports.append(plugin.report("name", reason))
        return
    loaded[plugin.id] = plugin


def _quarantined(candidate: Candidate, quarantine: Quarantine) -> PluginReport:
    return PluginReport(
        candidate.name,
        "unknown",
        candidate.distribution,
        candidate.version,
        "quarantined",
        quarantine.stage,
        quarantine.reason,
    )


def _refuse(plugin: LoadedPlugin, error: InputError | Quarantine, refused: dict[str, str]) -> PluginReport:
    if isinstance(error, Quarantine):
        refused[plugin.id] = error.reason
        return plugin.report(error.stage, error.reason)
    shown = [str(problem) for problem in error.problems[:MAX_REASONS]]
    rest = len(error.problems) - len(shown)
    reason = "\n".join(shown) + (f"\n… and {rest} more" if rest else "")
    refused[plugin.id] = f"its documents have {len(error.problems)} faults"
    return plugin.report("document", reason)
