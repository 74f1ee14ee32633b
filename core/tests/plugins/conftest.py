import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.tests.plugins.site import Site


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """An empty folder on the module search path; what is imported from it is forgotten afterwards."""
    before = set(sys.modules)
    home = tmp_path / "site"
    home.mkdir()
    monkeypatch.syspath_prepend(str(home))
    yield Site(home)
    for name in set(sys.modules) - before:
        found = getattr(sys.modules[name], "__file__", None) or ""
        if found.startswith(str(home)):
            del sys.modules[name]
