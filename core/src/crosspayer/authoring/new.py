"""A new plugin: a complete folder of documents to write on in, written whole or not at all."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Iterator
from importlib import resources
from importlib.metadata import distribution
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from crosspayer import schemas
from crosspayer.errors import InputError, Problem
from crosspayer.plugins import discovery

_ID = re.compile(r"(?=.*[a-z])[a-z0-9]+(-[a-z0-9]+)*")
MAX_ID = 80
ENDING = ".template"
HOMES = {
    "__init__.py": "src/{package}",
    "payer.toml": "src/{package}",
    "pack.toml": "src/{package}",
    "sources.toml": "src/{package}",
    "therapy.toml": "src/{package}/policies",
    "therapy-codes.toml": "src/{package}/tables",
    "therapy-cases.toml": "src/{package}/cases",
    "test_contract.py": "tests",
}
"""The folder of each file of the template; the others stand at the top."""
NAMES = {"therapy-cases.toml": "therapy.toml", "taplo.toml": ".taplo.toml"}
"""The files that have another name in the plugin."""
LEGAL = ("LICENSE", "NOTICE")
SCHEMAS = ("case", "import", "policy", "sources", "table")
"""The schemas of a plugin's documents, beside that of its manifest."""


def new_plugin(name: str, into: Path, *, pack: bool = False) -> Path:
    """Write a complete plugin, of a payer or of a pack, into a new folder `name` inside `into`; that folder.

    It loads, answers and passes its own cases at once. Everything in it is invented, and says so. Raises `InputError`
    where the name cannot be used or the folder cannot be written; then nothing is left of it.
    """
    _check_name(name)
    target = into / name
    if not into.is_dir():
        raise _refusal(str(into), "there is no such folder", "make it first, or name another with --into")
    if target.exists() and (not target.is_dir() or any(target.iterdir())):
        raise _refusal(str(target), "it is there already", "remove it, or choose another name or folder")
    try:
        home = Path(tempfile.mkdtemp(prefix=f".{name}.", dir=into))
        try:
            for path, text in files(name, into, pack=pack):
                place = home / path
                place.parent.mkdir(parents=True, exist_ok=True)
                place.write_text(text, encoding="utf-8", newline="\n")
            home.chmod(0o755)
            home.replace(target)
        except BaseException:
            shutil.rmtree(home, ignore_errors=True)
            raise
    except OSError:
        raise _refusal(str(target), "the folder cannot be written", "check that you may write there") from None
    return target


def files(name: str, into: Path, *, pack: bool = False) -> Iterator[tuple[str, str]]:
    """Path and text of every file of a new plugin."""
    kind = "pack" if pack else "payer"
    title = name.replace("-", " ").title()
    package = f"crosspayer_{name.replace('-', '_')}"
    words = {
        "id": name,
        "package": package,
        "title": title,
        "manifest": f"{kind}.toml",
        "kind": kind,
        "description": f"Rules that payers opt into: {title}" if pack else f"Therapy coverage policy of {title}",
        "plan": "" if pack else ', plan = "commercial"',
    }
    template = resources.files("crosspayer.authoring") / "template"
    editors = not _has_schemas(into)
    for folder in ("both", kind, *(["editors"] if editors else [])):
        for entry in _sorted(template / folder):
            short = entry.name.removesuffix(ENDING)
            home = HOMES.get(short, "").format(package=package)
            path = "/".join(part for part in (home, NAMES.get(short, short)) if part)
            yield path, Template(entry.read_text(encoding="utf-8")).substitute(words)
    for legal in LEGAL:
        text = distribution("crosspayer").read_text(f"licenses/{legal}")
        assert text is not None, f"crosspayer is installed without its {legal}"
        yield legal, text
    if editors:
        for schema in (kind, *SCHEMAS):
            yield f"schemas/{schema}.schema.json", schemas.text(schema)


def _has_schemas(into: Path) -> bool:
    """Whether the folder lies in a repository with schemas of its own, which editors find there."""
    return any((folder / "schemas" / "policy.schema.json").is_file() for folder in into.resolve().parents)


def _sorted(folder: Traversable) -> list[Traversable]:
    return sorted((entry for entry in folder.iterdir() if entry.name.endswith(ENDING)), key=lambda entry: entry.name)


def _check_name(name: str) -> None:
    if len(name) > MAX_ID or not _ID.fullmatch(name):
        plain = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
        remedy = "write lower-case letters, digits and single hyphens, as in acme-health"
        if len(plain) <= MAX_ID and _ID.fullmatch(plain):
            remedy += f"; {plain} would do"
        raise _refusal(name, f"it cannot be the id of a plugin (at most {MAX_ID} characters)", remedy)
    for found in discovery.installed():
        if found.name == name:
            what = f"{found.distribution} {found.version} is installed and has this name"
            raise _refusal(name, what, "choose another, or uninstall it")


def _refusal(what: str, why: str, remedy: str) -> InputError:
    return InputError([Problem(what, None, None, "", why, remedy)])
