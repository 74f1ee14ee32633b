"""Writes plugin packages and their metadata into a folder of the module search path, as an installer would."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crosspayer.plugins.discovery import Candidate

from core.tests.invented import FOLDER

MANIFEST = """\
api = 1
kind = "{kind}"
version = "2026.11.0"
id = "{name}"
name = "Invented {name}"
[[plans]]
id = "standard"
name = "Standard plan"
line_of_business = "commercial"
"""


def manifest(name: str, kind: str = "data") -> str:
    return MANIFEST.format(name=name, kind=kind)


@dataclass(frozen=True)
class Site:
    """The folder on the search path."""

    home: Path

    def package(
        self, name: str, init: str = "", *, kind: str = "data", payer: str | None = None, distribution: str = ""
    ) -> Candidate:
        """Install a plugin whose `__init__.py` is `init`, with `payer` as its payer.toml; what discovery finds of it.

        Its policies are those of the invented payer bolt, under the plugin's own name.
        """
        module = f"invented_{name.replace('-', '_')}"
        root = self.home / module
        if not root.exists():
            shutil.copytree(FOLDER / "bolt", root)
        for path in root.glob("policies/*.toml"):
            path.write_text(path.read_text(encoding="utf-8").replace("bolt/", f"{name}/"), encoding="utf-8")
        (root / "payer.toml").write_text(manifest(name, kind) if payer is None else payer, encoding="utf-8")
        (root / "__init__.py").write_text(init, encoding="utf-8")
        dist = distribution or f"invented-{name}"
        return Candidate(name, dist, "1.0", module, None, dist)

    def code(self, name: str, body: str = "") -> Candidate:
        """Install a code plugin whose module implements hooks."""
        return self.package(name, f"from crosspayer import PluginDocument, hookimpl\n{body}", kind="code")

    def metadata(self, distribution: str, files: Mapping[str, str]) -> None:
        """Write the distribution's metadata, as found by importlib."""
        folder = self.home / f"{distribution.replace('-', '_')}-1.0.dist-info"
        folder.mkdir()
        for name, text in files.items():
            (folder / name).write_text(text, encoding="utf-8")

    def installed(self, name: str) -> None:
        """Give the plugin the metadata of an installed distribution with its entry point."""
        metadata = f"Metadata-Version: 2.1\nName: invented-{name}\nVersion: 1.0\n"
        entry = f"[crosspayer.plugins]\n{name} = invented_{name.replace('-', '_')}\n"
        self.metadata(f"invented-{name}", {"METADATA": metadata, "entry_points.txt": entry})


def is_imported(candidate: Candidate) -> bool:
    return candidate.module in sys.modules
