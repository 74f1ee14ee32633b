"""Finding plugins: installed distributions through their entry points, and folders named by the user."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from crosspayer.plugins.report import Quarantine

if TYPE_CHECKING:
    from importlib.metadata import Distribution, EntryPoint

GROUP = "crosspayer.plugins"


class Candidate(NamedTuple):
    """A plugin that was found and not looked into yet.

    `module` is what a code plugin would import; `fault` says why it cannot be looked into at all.
    """

    name: str
    distribution: str
    version: str
    module: str
    root: Traversable | None
    label: str
    fault: Quarantine | None = None


def installed() -> list[Candidate]:
    """Plugins of the environment, told apart. Their packages are located, not imported."""
    from importlib.metadata import entry_points

    try:
        found = [_candidate(entry) for entry in entry_points(group=GROUP)]
    except Exception:  # the metadata of one distribution is broken, and that hides every other
        found = _one_by_one()
    return told_apart(found)


def _candidate(entry: EntryPoint) -> Candidate:
    name, version = _known_as(entry.dist) if entry.dist is not None else ("unknown", "")
    return Candidate(entry.name, name, version, entry.value, None, name)


def _known_as(dist: Distribution) -> tuple[str, str]:
    """Name and version of a distribution, whose metadata may be broken too."""
    try:
        return dist.metadata["Name"] or "unknown", dist.metadata["Version"] or ""
    except Exception:  # foreign metadata can fail in any way; the plugin is named as far as it can be
        return "unknown", ""


def _one_by_one() -> list[Candidate]:
    """The plugins, distribution by distribution; one whose entry points cannot be read may be a plugin, and is told."""
    from importlib.metadata import distributions

    found: dict[str, list[Candidate]] = {}
    for dist in distributions():
        name, version = _known_as(dist)
        try:
            entries = [_candidate(entry) for entry in dist.entry_points if entry.group == GROUP]
        except Exception:  # reported as a quarantined plugin, not swallowed
            fault = Quarantine("manifest", f"the entry points of {name} cannot be read; reinstall it")
            entries = [Candidate(name, name, version, "", None, name, fault)]
        found.setdefault(name, entries)  # the first on the path is the one that is imported
    return [candidate for entries in found.values() for candidate in entries]


def folder(path: Path) -> Candidate:
    """A plugin's folder: the package itself, or a project with `src/<package>/`."""
    root = path
    if not any((path / name).is_file() for name in ("payer.toml", "pack.toml")):
        nested = {child.parent for name in ("payer.toml", "pack.toml") for child in path.glob(f"src/*/{name}")}
        if len(nested) == 1:
            (root,) = nested
    name = path.resolve().name
    return Candidate(name, f"folder {name}", "", "", root, str(root))


def locate(candidate: Candidate) -> Traversable:
    """The folder of the plugin's package, found without executing it. Raises `Quarantine`."""
    if candidate.fault is not None:
        raise candidate.fault
    if candidate.root is not None:
        return candidate.root
    module = candidate.module.partition(":")[0]
    package = module.partition(".")[0]
    try:
        spec = importlib.util.find_spec(package)
    except (ImportError, ValueError):
        spec = None
    if spec is None or not spec.submodule_search_locations:
        reason = f"the package {package} of its entry point cannot be found; reinstall {candidate.distribution}"
        raise Quarantine("manifest", reason)
    return Path(spec.submodule_search_locations[0], *module.split(".")[1:])


def told_apart(candidates: Iterable[Candidate]) -> list[Candidate]:
    """The candidates, sorted; those that claim the name of another have that for their fault, and none of them wins."""
    claims: dict[str, list[Candidate]] = {}
    for candidate in sorted(candidates, key=_order):
        claims.setdefault(candidate.name, []).append(candidate)
    for name, found in claims.items():
        if len(found) > 1:
            named = " and ".join(candidate.distribution for candidate in found)
            fault = Quarantine("name", f"{named} both claim {name}; uninstall all but one")
            claims[name] = [candidate._replace(fault=fault) for candidate in found]
    return [candidate for found in claims.values() for candidate in found]


def _order(candidate: Candidate) -> tuple[str, str, str]:
    return candidate.name, candidate.distribution, candidate.version
