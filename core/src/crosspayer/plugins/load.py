"""Loading plugins one by one: each in its own guard, each failure with its stage and reason."""

from __future__ import annotations

import importlib
import inspect
import tomllib
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

import pluggy

from crosspayer import hookspecs
from crosspayer.errors import InputError
from crosspayer.hookspecs import PluginDocument
from crosspayer.plugins.discovery import Candidate, locate
from crosspayer.plugins.folder import DataPlugin, manifest
from crosspayer.plugins.report import PluginReport, Quarantine, Stage
from crosspayer.policy.documents import Document, ValidatedDigests, read_toml

API = 1
Answer = list[PluginDocument]
T = TypeVar("T")


class LoadedPlugin:
    """A plugin that passed: its report, its manifest, and its documents by hook."""

    def __init__(
        self, candidate: Candidate, kind: str, document: Document, implementations: Mapping[str, Callable[[], Any]]
    ) -> None:
        self.candidate, self.kind, self.manifest = candidate, kind, document
        self._implementations = implementations
        self.policies = self._ask("crosspayer_policies")
        self.tables = self._ask("crosspayer_tables")

    @property
    def id(self) -> str:
        """Payer or pack id."""
        return str(self.manifest.data["id"])

    @property
    def version(self) -> str:
        """The version its manifest states."""
        return str(self.manifest.data["version"])

    @property
    def is_pack(self) -> bool:
        """Whether it is a pack: rules without a payer."""
        return self.kind == "pack"

    def cases(self) -> Answer:
        """The cases it ships. Raises `Quarantine` where the plugin fails to say."""
        return self._ask("crosspayer_cases")

    def report(self, stage: Stage | None = None, reason: str | None = None) -> PluginReport:
        """Its report: loaded, or quarantined at a stage."""
        state: Any = "loaded" if stage is None else "quarantined"
        kind: Any = self.kind
        return PluginReport(self.id, kind, self.candidate.distribution, self.version, state, stage, reason)

    def _ask(self, hook: str) -> Answer:
        implementation = self._implementations.get(hook)
        if implementation is None:
            return []
        what = f"{hook} of {self.candidate.distribution}"
        answer = guarded(what, "contract", lambda: list(implementation()))
        return sorted((_checked(given, what, "contract") for given in answer), key=lambda document: document.name)


def _checked(answer: object, what: str, stage: Stage) -> PluginDocument:
    """What a hook answered, if it is a document."""
    if isinstance(answer, PluginDocument):
        name, origin, content = map(type, answer)
        if (name, origin, content) == (str, str, bytes):
            return answer
    raise Quarantine(stage, f"{what} answered something other than plugin documents; see crosspayer.hookspecs")


def load(candidate: Candidate, allow_code: Collection[str], validated: ValidatedDigests) -> LoadedPlugin:
    """Load one plugin. Raises `Quarantine` with the stage it failed at."""
    root = locate(candidate)
    written = guarded(f"the manifest of {candidate.distribution}", "manifest", lambda: manifest(root, candidate.label))
    kind = _kind(written, validated)
    plugin = _imported(candidate, allow_code) if kind == "code" else DataPlugin(root, candidate.label)
    implementations = _registered(candidate, plugin)
    if kind == "code" and "crosspayer_payer" in implementations:
        what = f"crosspayer_payer of {candidate.distribution}"
        written = _checked(guarded(what, "manifest", implementations["crosspayer_payer"]), what, "manifest")
    document = _manifest(written, "pack" if kind == "pack" else "payer", validated)
    if candidate.root is None and document.data["id"] != candidate.name:
        said = f'{written.origin} says id = "{document.data["id"]}"'
        raise Quarantine("manifest", f"{said}, its entry point is named {candidate.name}; make them agree")
    return LoadedPlugin(candidate, kind, document, implementations)


def _manifest(written: PluginDocument, schema: str, validated: ValidatedDigests) -> Document:
    try:
        return read_toml(written.content, written.origin, schema, validated)
    except InputError as error:
        raise Quarantine("manifest", "\n".join(str(problem) for problem in error.problems)) from None


def _kind(document: PluginDocument, validated: ValidatedDigests) -> str:
    """The kind of a plugin, read before its manifest is validated: another api may have another shape."""
    try:
        raw: Mapping[str, Any] = tomllib.loads(document.content.decode("utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError):
        raw = _manifest(document, "payer", validated).data  # it is no TOML, and this says where
    api = raw.get("api")
    if api != API:
        said = f"api = {api}" if isinstance(api, int) else "no api number"
        raise Quarantine(
            "manifest", f"{document.origin} has {said}, this core speaks api {API}; install a matching version"
        )
    kind = raw.get("kind")
    if document.name == "pack.toml":
        return "pack"
    return kind if kind in ("data", "code") else "data"


def _imported(candidate: Candidate, allow_code: Collection[str]) -> object:
    if candidate.root is not None:
        reason = f"{candidate.label} is a code plugin, and a folder can only hold a data plugin; install it"
        raise Quarantine("import", reason)
    if candidate.name not in allow_code and candidate.distribution not in allow_code:
        what = f"{candidate.distribution} is a code plugin and not allowed"
        raise Quarantine("import", f"{what}; allow it by name ({candidate.name}) if you trust it")
    return guarded(
        f"importing {candidate.module}", "import", lambda: importlib.import_module(candidate.module.partition(":")[0])
    )


def _registered(candidate: Candidate, plugin: object) -> dict[str, Callable[[], Any]]:
    """Register with pluggy, hold the plugin against the contract, and resolve its hooks to plain functions."""
    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    name = candidate.distribution
    guarded(f"registering {name}", "register", lambda: manager.register(plugin, name=name))
    found: dict[str, Callable[[], Any]] = {}
    specified = {
        key for key, value in vars(hookspecs).items() if inspect.isfunction(value) and key.startswith("crosspayer_")
    }
    for caller in manager.get_hookcallers(plugin) or []:
        if caller.name not in specified:
            reason = f"{name} implements {caller.name}, which is no hook of api {API}; correct its name"
            raise Quarantine("contract", reason)
        for implementation in caller.get_hookimpls():
            if implementation.wrapper or implementation.hookwrapper:
                raise Quarantine(
                    "contract", f"{name} wraps {caller.name}; wrappers are refused, answer the hook itself"
                )
            found[caller.name] = implementation.function
    return found


def guarded(what: str, stage: Stage, action: Callable[[], T]) -> T:
    """Do something with a plugin; what it raises becomes a `Quarantine`, unless it is one, or says where a fault is.

    The value in an error is never shown.
    """
    try:
        return action()
    except (Quarantine, InputError, MemoryError):
        raise
    except (Exception, SystemExit) as error:
        raise Quarantine(stage, f"{what} failed with {type(error).__name__}; ask its author, or uninstall it") from None
