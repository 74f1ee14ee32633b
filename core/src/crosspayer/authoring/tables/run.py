"""Importing a table from beginning to end, but for the writing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from crosspayer.authoring.tables.convert import Conversion, convert
from crosspayer.authoring.tables.mapping import ImportMapping, find_mapping
from crosspayer.authoring.tables.write import Circumstances, compose, write
from crosspayer.plugins.assemble import Library
from crosspayer.plugins.overlays import OverlayFile, lay_over, policy_codes
from crosspayer.policy.documents import Problems, ValidatedDigests

__all__ = ["import_table", "mapping_of", "write"]


def mapping_of(library: Library, name: str) -> ImportMapping:
    """How the plugin's table of this id or alias is imported. Raises `InputError`."""
    return find_mapping(library, name, ValidatedDigests())


def import_table(
    library: Library, mapping: ImportMapping, files: Sequence[Path], settings: Mapping[str, str], said: Circumstances
) -> tuple[Conversion, OverlayFile]:
    """Turn the files into an imported table that loads. Raises `InputError` where nothing can be used.

    `settings` are the words of files that do not say theirs. The library has the imported table afterwards.
    """
    codes = policy_codes(library)
    files = sorted(files, key=lambda path: (path.name, path))
    done = convert(mapping, codes, said.covers_from, files, settings)
    overlay = compose(mapping, done, codes, files, said)
    problems = Problems()
    lay_over(overlay, library, ValidatedDigests(), problems)
    problems.check()
    return done, overlay
