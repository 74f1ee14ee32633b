"""The cases of one plugin with the engine they run against, read and run once for all who ask."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from crosspayer.authoring.cases import Case, CaseResult, run_case
from crosspayer.authoring.target import Target, open_target
from crosspayer.engine.engine import Engine
from crosspayer.plugins.discovery import installed, locate
from crosspayer.plugins.report import Quarantine
from crosspayer.policy.model import Rule


class Book:
    """A plugin's cases, its engine and its rules. Raises `InputError` where the plugin does not load."""

    def __init__(self, named: str, plugin_dirs: tuple[str, ...] = ()) -> None:
        self.target: Target = open_target(named, plugin_dirs)
        self.engine: Engine = self.target.engine()
        self.cases: tuple[Case, ...] = tuple(self.target.cases())
        self._results: dict[int, CaseResult] = {}

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        """Every rule the plugin answers with, by full id."""
        return {rule.id: rule for rule in self.engine.payers[self.target.id].rules}

    @property
    def own_rules(self) -> list[str]:
        """The plugin's own rules that are not switched off: those its cases must show."""
        own = f"{self.target.id}/"
        return sorted(name for name, rule in self.rules.items() if name.startswith(own) and not rule.off)

    def result(self, case: Case) -> CaseResult:
        """What became of one of the cases; each is run once."""
        key = id(case)
        if key not in self._results:
            self._results[key] = run_case(case, self.engine)
        return self._results[key]


@cache
def book(named: str, plugin_dirs: tuple[str, ...] = ()) -> Book:
    """The book of the plugin in a folder, or of an installed plugin's id; `plugin_dirs` hold packs it uses.

    The folder of an installed plugin gives that plugin's book, so that its cases are run once, however it is named.
    """
    installed_as = _installed().get(Path(named).resolve())
    return Book(named, plugin_dirs) if installed_as is None else book(installed_as, plugin_dirs)


@cache
def _installed() -> dict[Path, str]:
    """The ids of installed plugins by the folders they stand in."""
    found = {}
    for candidate in installed():
        try:
            found[Path(str(locate(candidate))).resolve()] = candidate.name
        except Quarantine:
            continue  # opening it by its id says why
    return found
