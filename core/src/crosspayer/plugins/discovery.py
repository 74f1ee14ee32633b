"""Finding plugins: installed distributions through their entry points, and folders named by the user."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import NamedTuple

from crosspayer.plugins.report import Quarantine

GROUP = "crosspayer.plugins"


class Candidate(NamedTuple):
    """A plugin that was found and not looked into yet. `module` is what a code plugin would import."""

    name: str
    distribution: str
    version: str
    module: str
    root: Traversable | None
    label: str


def installed() -> list[Candidate]:
    """Plugins of the environment, by name and distribution. Their packages are located, not imported."""
    from importlib.metadata import entry_points

    found = []
    for entry in entry_points(group=GROUP):
        dist = entry.dist
        name = dist.name if dist is not None else "unknown"
        version = dist.version if dist is not None else ""
        found.append(Candidate(entry.name, name, version, entry.value, None, name))
    return sorted(found, key=lambda c: (c.name, c.distribution, c.version))


def folder(path: Path) -> Candidate:
    """A plugin's folder: the package itself, or a project with `src/<package>/`."""
    root = path
    if not any((path / name).is_file() for name in ("payer.toml", "pack.toml")):
        nested = sorted(child.parent for name in ("payer.toml", "pack.toml") for child in path.glob(f"src/*/{name}"))
        if len(nested) == 1:
            root = nested[0]
    return Candidate(path.name, f"folder {path.name}", "", root.name, root, str(path))


def locate(candidate: Candidate) -> Traversable:
    """The folder of the plugin's package, found without executing it. Raises `Quarantine`."""
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


def twice(candidates: Iterable[Candidate]) -> dict[str, list[Candidate]]:
    """Names claimed by more than one candidate."""
    claims: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        claims.setdefault(candidate.name, []).append(candidate)
    return {name: found for name, found in claims.items() if len(found) > 1}
