"""Bringing a plugin's files into canonical form: which files, and what became of each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from crosspayer.authoring.format import formatted, schema_of
from crosspayer.authoring.replace import replace_file
from crosspayer.errors import InputError, Problem
from crosspayer.plugins import discovery
from crosspayer.plugins.folder import MANIFESTS

FOLDERS = ("policies", "tables", "imports", "cases")


@dataclass(slots=True)
class Formatting:
    """What became of the files: those in canonical form already, those that were or would be changed, the faults."""

    kept: list[Path] = field(default_factory=list)
    changed: list[Path] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def format_files(named: Sequence[str], *, write: bool) -> Formatting:
    """Bring files, and the documents of plugins named by their folders, into canonical form.

    A file with faults is left as it is, and the others are still formatted. Without `write` nothing is changed.
    """
    done = Formatting()
    for path in _files(named, done.problems):
        try:
            raw = path.read_bytes()
            schema = schema_of(path)
            assert schema is not None
            canonical = formatted(raw.decode("utf-8-sig"), schema, str(path)).encode()
            if canonical == raw:
                done.kept.append(path)
                continue
            if write:
                replace_file(path, canonical)
            done.changed.append(path)
        except InputError as error:
            done.problems += error.problems
        except UnicodeDecodeError:
            done.problems.append(Problem(str(path), None, None, "", "the file is not UTF-8 text", "save it as UTF-8"))
        except OSError:
            what, remedy = "the file cannot be read or written", "check that you may read and write it"
            done.problems.append(Problem(str(path), None, None, "", what, remedy))
    return done


def _files(named: Iterable[str], problems: list[Problem]) -> list[Path]:
    """The files that are meant, each once."""
    found: dict[Path, None] = {}
    for name in named:
        path = Path(name)
        inside = _documents(path) if path.is_dir() else [path]
        if not inside:
            what, remedy = (
                "the folder holds no plugin",
                "name the folder that holds payer.toml, or the project around it",
            )
            problems.append(Problem(name, None, None, "", what, remedy))
        elif not path.is_dir() and not path.is_file():
            problems.append(Problem(name, None, None, "", "there is no such file or folder", "correct its name"))
        elif not path.is_dir() and schema_of(path.resolve()) is None:
            what = "the file is no document of a plugin"
            remedy = f"name {', '.join(MANIFESTS)}, sources.toml, or a .toml file in {', '.join(FOLDERS)}"
            problems.append(Problem(name, None, None, "", what, remedy))
        else:
            found |= dict.fromkeys(inside)
    return list(found)


def _documents(folder: Path) -> list[Path]:
    """The documents of the plugin in a folder; none where there is no plugin."""
    root = discovery.folder(folder).root
    assert isinstance(root, Path)
    top = [root / name for name in (*MANIFESTS, "sources.toml") if (root / name).is_file()]
    if not any(path.name in MANIFESTS for path in top):
        return []
    return [*top, *(path for name in FOLDERS for path in sorted((root / name).glob("*.toml")))]
