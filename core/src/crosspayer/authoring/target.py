"""What the policy commands work on: one plugin, named by its folder or, where it is installed, by its id."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from crosspayer.authoring.cases import Case, read_cases
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError, Problem, nearest
from crosspayer.plugins.assemble import Library, assemble
from crosspayer.plugins.build import Installation, install
from crosspayer.plugins.discovery import Candidate, folder, locate
from crosspayer.plugins.folder import MANIFESTS, manifest
from crosspayer.plugins.report import Quarantine
from crosspayer.policy.documents import ValidatedDigests


class Target(NamedTuple):
    """One plugin that loaded, with the installation it is part of (the packs it uses are in there)."""

    library: Library
    installation: Installation

    @property
    def id(self) -> str:
        """Payer or pack id."""
        return self.library.plugin.id

    def engine(self) -> Engine:
        """The engine its cases run against: of the payer alone, or of the pack as a payer of its own name.

        Raises `InputError` for faults in a pack's policies, which show only where they are joined.
        """
        if self.library.plugin.is_pack:
            return Engine([assemble(self.library, {}, {})])
        return Engine([payer for payer in self.installation.payers if payer.id == self.id])

    def cases(self) -> list[Case]:
        """The cases it ships. Raises `InputError` for faults in them."""
        used = sorted({use["pack"] for use in self.library.plugin.manifest.data.get("uses", [])})
        packs = [self.installation.libraries[pack] for pack in used]
        return read_cases(self.library, ValidatedDigests(), packs)


def no_plugin(named: str, known: Iterable[str]) -> Problem:
    """What to say of a name that is neither a folder nor a known plugin: often a file in the plugin's folder."""
    path = Path(named)
    if path.is_file():
        homes = [home for home in path.resolve().parents[:2] if any((home / name).is_file() for name in MANIFESTS)]
        remedy = "name the folder that holds payer.toml"
        if homes:
            home = homes[0] if path.is_absolute() else os.path.relpath(homes[0])
            remedy = f"name {home}, the folder of the plugin"
        return Problem(named, None, None, "", "is a file, and a plugin is a folder", remedy)
    near = nearest(named, known)
    remedy = f"did you mean {near}?" if near else "name a folder that holds payer.toml, or an installed plugin"
    return Problem(named, None, None, "", "there is no such plugin", remedy)


def folder_of(named: str) -> Candidate:
    """The plugin in a folder. Raises `InputError` where the folder holds none, or none that can be told."""
    if not Path(named).is_dir():
        raise InputError([Problem(named, None, None, "", "there is no such folder", "name the folder of a plugin")])
    candidate = folder(Path(named))
    try:
        manifest(locate(candidate), candidate.label)
    except Quarantine as quarantine:
        what = quarantine.reason.partition("; ")[0].removeprefix(f"{candidate.label} ")
        remedy = "name the folder of one plugin, or make one with crosspayer policy new"
        raise InputError([Problem(named, None, None, "", what, remedy)]) from None
    return candidate


def open_target(named: str, plugin_dirs: Iterable[str | Path] = ()) -> Target:
    """The plugin in the folder `named`, or the installed plugin of that id.

    A folder holds `payer.toml` or `pack.toml`, or is the project around it. `plugin_dirs` are folders of packs it uses
    that are not installed. Raises `InputError` where there is no such plugin or its documents have faults.
    """
    path = Path(named)
    lent = list(plugin_dirs)
    for given in lent:
        folder_of(str(given))
    if path.is_dir():
        label = folder_of(named).label
        found = install(plugin_dirs=[path, *lent])
        mine = [report for report in found.reports if report.distribution == folder(path).distribution]
        name = mine[0].id if mine else named
    else:
        label = name = named
        found = install(plugin_dirs=lent)
        mine = [report for report in found.reports if report.id == named]
    if not mine:
        raise InputError([no_plugin(named, (report.id for report in found.reports))])
    broken = [report for report in mine if report.state == "quarantined"]
    if broken:
        raise InputError(
            Problem(label, None, None, "", f"the plugin is quarantined at stage {report.stage}", line)
            for report in broken
            for line in (report.reason or "").splitlines()
        )
    return Target(found.libraries[name], found)
