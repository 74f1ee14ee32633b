"""What holds for the whole repository: what may be tracked, what core may not know, how a plugin looks."""

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[1]
MEMBERS = [ROOT / "core", *sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))]
PLUGINS = MEMBERS[1:]

MEBIBYTE = 1024 * 1024
LOCK_FILES = {"bun.lockb", "npm-shrinkwrap.json", "package-lock.json", "pnpm-lock.yaml"}
PAYERS = "aetna|bcbs|cigna|medicare|uhc|unitedhealth|highmark|anthem|premera|regence"
# Whole words only: `medicare_advantage` is a line of business, whoever the payer is.
PAYER_NAME = re.compile(rf"\b({PAYERS})\b", re.IGNORECASE)
# Written with groups, so that this file does not match itself.
REGISTRY = re.compile(
    r"(?:files\.)python(?:hosted)\.org|(?:pypi)\.org/simple|(?:registry)\.npmjs|(?:extra-)?(?:index)-url\b"
)
# A checkout directly below the file system's root, such as /app, has too common a path to look for.
CHECKOUT = re.escape(str(ROOT)) if len(ROOT.parts) > 2 else "(?!)"
MACHINE_PATH = re.compile(
    rf"(?<![\w.*-])(?:/(?:home|Users)/\w|/(?:root)/|{CHECKOUT})|\bfile:///\w|\b[A-Z]:\\(?:Users)\\"
)


def tracked() -> list[Path]:
    """Every tracked file that is there, relative to the root of the repository."""
    command = ["git", "ls-files", "-z"]
    listed = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    paths = [Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()]
    assert Path("pyproject.toml") in paths
    return paths


def lines_with(pattern: re.Pattern[str], paths: list[Path]) -> list[str]:
    """`path:line` of every match, in the file's text or (line 0) in its path."""
    found = []
    for path in paths:
        text = (ROOT / path).read_text(encoding="utf-8", errors="replace")
        lines = enumerate([path.as_posix(), *text.splitlines()])
        found += [f"{path.as_posix()}:{number}" for number, line in lines if pattern.search(line)]
    return found


def read_toml(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))


def manifest_of(plugin: Path) -> Path:
    """The one manifest of a plugin folder: `payer.toml`, or `pack.toml` of a pack."""
    (manifest,) = [*plugin.glob("src/*/payer.toml"), *plugin.glob("src/*/pack.toml")]
    return manifest


def test_no_lock_file_is_tracked() -> None:
    def is_lock(path: Path) -> bool:
        return path.suffix == ".lock" or path.name in LOCK_FILES or path.match("pylock*.toml")

    assert [path for path in tracked() if is_lock(path)] == []


def test_no_tracked_file_is_over_one_mebibyte() -> None:
    assert [path for path in tracked() if (ROOT / path).stat().st_size > MEBIBYTE] == []


@pytest.mark.parametrize("pattern", [REGISTRY, MACHINE_PATH], ids=["registry", "machine"])
def test_no_address_of_a_machine_is_tracked(pattern: re.Pattern[str]) -> None:
    assert lines_with(pattern, tracked()) == []


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (REGISTRY, "https://pypi." + "org/simple/click/"),
        (REGISTRY, "extra-in" + "dex-url = x"),
        (MACHINE_PATH, "see /ho" + "me/someone/file"),
        (MACHINE_PATH, "'/ro" + "ot/file'"),
        (MACHINE_PATH, "C:\\Us" + "ers\\someone"),
        (MACHINE_PATH, "file:" + "///opt/packages"),
        (PAYER_NAME, '"UHC"'),
        (PAYER_NAME, "medicare/units"),
    ],
)
def test_the_patterns_find_what_they_look_for(pattern: re.Pattern[str], text: str) -> None:
    assert pattern.search(text)


def test_core_names_no_payer() -> None:
    sources = [path for path in tracked() if path.is_relative_to("core/src")]
    assert sources
    assert lines_with(PAYER_NAME, sources) == []


def test_the_schemas_have_one_home() -> None:
    # A copy inside the package would be shipped instead of them.
    assert [path for path in tracked() if path.match("core/**/*.schema.json")] == []


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_every_member_has_the_same_licence_and_notice(name: str) -> None:
    texts = {member.name: (member / name).read_text(encoding="utf-8") for member in MEMBERS}
    assert texts == dict.fromkeys(texts, (ROOT / name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_every_plugin_has_the_same_pyproject(plugin: Path) -> None:
    found = read_toml(plugin / "pyproject.toml")
    project = found["project"]
    assert project.pop("description")
    core, *packs = project.pop("dependencies")
    assert core == "crosspayer>=0.1,<0.2"
    assert [pack for pack in packs if not pack.startswith("crosspayer-")] == []

    name = f"crosspayer-{plugin.name}"
    package = name.replace("-", "_")
    manifest = manifest_of(plugin).relative_to(plugin).as_posix()
    assert found == {
        "build-system": {"requires": ["hatchling>=1.27,<2"], "build-backend": "hatchling.build"},
        "project": {
            "name": name,
            "dynamic": ["version"],
            "readme": "README.md",
            "requires-python": ">=3.11",
            "license": "Apache-2.0",
            "license-files": ["LICENSE", "NOTICE"],
            "entry-points": {"crosspayer.plugins": {plugin.name: package}},
        },
        "tool": {
            "hatch": {
                "version": {"path": manifest, "pattern": '^version = "(?P<version>[0-9.]+)"$'},
                "build": {"targets": {"wheel": {"packages": [f"src/{package}"]}}},
            },
            "uv": {"cache-keys": [{"file": "pyproject.toml"}, {"file": manifest}]},
        },
    }


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_every_manifest_says_which_plugin_it_is(plugin: Path) -> None:
    manifest = read_toml(manifest_of(plugin))
    assert manifest["id"] == plugin.name
    assert re.fullmatch(r"20\d\d\.\d{1,2}\.\d+", manifest["version"])
