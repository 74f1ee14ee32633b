"""The pytest plugin: every case of a plugin's `cases/*.toml` is a test of its own.

pytest loads this module wherever crosspayer is installed, so it stands outside the package and imports nothing of it
until it meets such a file: one in a folder `cases` beside a `payer.toml` or `pack.toml`.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from crosspayer.authoring.cases import Case
    from crosspayer.testing.book import Book

MANIFESTS = ("payer.toml", "pack.toml")


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """A file of cases, if it is one."""
    if file_path.suffix != ".toml" or file_path.parent.name != "cases":
        return None
    if not any((file_path.parents[1] / name).is_file() for name in MANIFESTS):
        return None
    found: CaseFile = CaseFile.from_parent(parent, path=file_path)
    return found


class CaseFile(pytest.File):
    """A file of cases; a fault in the plugin is told as a failure to collect it."""

    def collect(self) -> Iterable[pytest.Item]:
        """Its cases, in their order."""
        from crosspayer.errors import InputError
        from crosspayer.testing.book import book

        try:
            found = book(str(self.path.parents[1]), tuple(map(str, self.config.getini("crosspayer_plugin_dirs"))))
        except InputError as error:
            raise self.CollectError(str(error)) from None
        for case in found.cases:
            if Path(case.origin).name == self.path.name:
                yield CaseItem.from_parent(self, name=case.id, case=case, book=found)


class CaseItem(pytest.Item):
    """One case."""

    def __init__(self, *, case: Case, book: Book, **others: Any) -> None:
        super().__init__(**others)
        self.case, self.book = case, book
        self.add_marker("crosspayer_case")
        self.extra_keyword_matches.add(case.rule)

    def runtest(self) -> None:
        """Run it."""
        if self.book.result(self.case).differences:
            raise CaseFails

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The difference fact by fact, as `crosspayer policy test` tells it."""
        if not isinstance(excinfo.value, CaseFails):
            return super().repr_failure(excinfo, style)
        from crosspayer.report.case_results import failure_text

        return failure_text(self.book.result(self.case), self.book.rules)

    def reportinfo(self) -> tuple[Path, int | None, str]:
        """Where it stands."""
        return self.path, self.case.place()[0] - 1, self.case.label


class CaseFails(Exception):
    """The case does not hold."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Declare where packs stand that are not installed."""
    parser.addini("crosspayer_plugin_dirs", "folders of packs that are not installed", type="paths", default=[])


def pytest_configure(config: pytest.Config) -> None:
    """Declare the marker of cases, so that they can be chosen or left out with `-m`."""
    config.addinivalue_line("markers", "crosspayer_case: a case of a payer plugin")
