"""What users install: the wheels hold what they must, and plugins come and go with their distributions."""

import json
import os
import subprocess
import sys
import sysconfig
import tomllib
import zipfile
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.heavy

ROOT = Path(__file__).parents[1]
PLUGINS = sorted(path.parent for path in ROOT.glob("plugins/*/pyproject.toml"))
UV = os.environ.get("UV", "uv")  # set by `uv run`


def run(*command: str | Path, cwd: Path) -> str:
    """What the command prints; raises AssertionError with what it says if it fails."""
    # Neither the environment nor the folder of this checkout may lend a package to the one under test.
    env = {name: value for name, value in os.environ.items() if name not in {"VIRTUAL_ENV", "PYTHONPATH"}}
    done = subprocess.run(command, cwd=cwd, env=env, capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 0, f"{command[0]} exits {done.returncode}:\n{done.stdout}{done.stderr}"
    return done.stdout


def only(folder: Path, pattern: str) -> Path:
    (path,) = folder.glob(pattern)
    return path


def contents(wheel: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(wheel) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def package_files(source: Path) -> dict[str, bytes]:
    """Every file below a `src` folder, as a wheel should hold it."""
    paths = [path for path in source.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return {path.relative_to(source).as_posix(): path.read_bytes() for path in paths}


def without_metadata(files: dict[str, bytes]) -> dict[str, bytes]:
    return {name: data for name, data in files.items() if ".dist-info/" not in name}


def metadata_file(files: dict[str, bytes], ending: str) -> str:
    (name,) = [name for name in files if name.endswith(f".dist-info/{ending}")]
    return files[name].decode()


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one wheel of every member, built straight from the checkout."""
    folder = tmp_path_factory.mktemp("wheels")
    run(UV, "build", "--all-packages", "--wheel", "--out-dir", folder, ROOT, cwd=ROOT)
    return folder


def package_of(plugin: Path) -> str:
    return f"crosspayer_{plugin.name.replace('-', '_')}"


def wheel_of(plugin: Path, wheels: Path) -> Path:
    return only(wheels, f"{package_of(plugin)}-*.whl")


def test_every_member_gives_one_wheel(wheels: Path) -> None:
    names = sorted(path.name.split("-")[0] for path in wheels.glob("*.whl"))
    assert names == ["crosspayer", *map(package_of, PLUGINS)]


def test_core_ships_its_sources_and_the_schemas(wheels: Path) -> None:
    paths = ROOT.glob("schemas/*.schema.json")
    schemas = {f"crosspayer/schemas/{path.name}": path.read_bytes() for path in paths}
    assert schemas
    files = without_metadata(contents(only(wheels, "crosspayer-*.whl")))
    assert files == package_files(ROOT / "core" / "src") | schemas


def test_core_is_the_same_through_an_sdist(wheels: Path, tmp_path: Path) -> None:
    run(UV, "build", "--package", "crosspayer", "--out-dir", tmp_path, ROOT, cwd=ROOT)
    through_sdist, straight = contents(only(tmp_path, "*.whl")), contents(only(wheels, "crosspayer-*.whl"))
    # RECORD lists the same files in another order.
    (record,) = [name for name in straight if name.endswith("/RECORD")]
    assert sorted(through_sdist.pop(record).splitlines()) == sorted(straight.pop(record).splitlines())
    assert through_sdist == straight


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_a_plugin_ships_its_data(plugin: Path, wheels: Path) -> None:
    files = without_metadata(contents(wheel_of(plugin, wheels)))
    assert files == package_files(plugin / "src")


@pytest.mark.parametrize("plugin", PLUGINS, ids=lambda plugin: plugin.name)
def test_the_manifest_says_the_version_of_the_wheel(plugin: Path, wheels: Path) -> None:
    files = contents(wheel_of(plugin, wheels))
    package = package_of(plugin)
    (manifest,) = {f"{package}/payer.toml", f"{package}/pack.toml"} & files.keys()
    version = tomllib.loads(files[manifest].decode())["version"]
    assert f"\nVersion: {version}\n" in metadata_file(files, "METADATA")


@pytest.mark.parametrize("name", ["LICENSE", "NOTICE"])
def test_every_wheel_carries_licence_and_notice(name: str, wheels: Path) -> None:
    texts = {path.name: metadata_file(contents(path), f"licenses/{name}") for path in wheels.glob("*.whl")}
    assert texts == dict.fromkeys(texts, (ROOT / name).read_text(encoding="utf-8"))


def installed(environment: Path) -> list[tuple[str, str]]:
    """(id, distribution) of every plugin that `crosspayer plugins list` names, none of them quarantined."""
    crosspayer = Path(sysconfig.get_path("scripts", vars={"base": str(environment)}), "crosspayer")
    printed = run(crosspayer, "plugins", "list", "--format", "json", cwd=environment.parent)
    answer: dict[str, Any] = json.loads(printed)
    assert answer["format"] == "crosspayer/plugins/1"
    assert [plugin for plugin in answer["plugins"] if plugin["stage"] or plugin["reason"]] == []
    return sorted((plugin["id"], plugin["distribution"]) for plugin in answer["plugins"])


def test_plugins_come_and_go_with_their_distributions(wheels: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    run(UV, "venv", "--python", sys.executable, environment, cwd=tmp_path)
    run(UV, "pip", "install", "--python", environment, *sorted(wheels.glob("*.whl")), cwd=tmp_path)
    everything = [(plugin.name, f"crosspayer-{plugin.name}") for plugin in PLUGINS]
    assert installed(environment) == everything

    crosspayer = Path(sysconfig.get_path("scripts", vars={"base": str(environment)}), "crosspayer")
    attested = json.loads(run(crosspayer, "plugins", "test", "--format", "json", cwd=tmp_path))
    assert [(p["id"], p["passed"], p["failed"]) for p in attested["plugins"]] == [
        (p["id"], p["cases"], []) for p in attested["plugins"]
    ]
    assert [p["id"] for p in attested["plugins"]] == [plugin.name for plugin in PLUGINS]
    assert all(p["rules_tested"] == p["rules"] > 0 for p in attested["plugins"])

    gone = next(plugin.name for plugin in PLUGINS if any(plugin.glob("src/*/payer.toml")))
    run(UV, "pip", "uninstall", "--python", environment, f"crosspayer-{gone}", cwd=tmp_path)
    assert installed(environment) == [entry for entry in everything if entry[0] != gone]
