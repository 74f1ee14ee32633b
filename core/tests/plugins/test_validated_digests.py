"""Documents that were validated once are not validated again, and only those."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from crosspayer import schemas
from crosspayer.errors import InputError
from crosspayer.policy.documents import ValidatedDigests, read_toml
from crosspayer.schemas import validate

from core.tests.invented import FOLDER, all_installed, load

PACK = (FOLDER / "basics" / "pack.toml").read_bytes()


@pytest.fixture
def validations(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The schema of every validation since the test began."""
    done: list[str] = []
    hold = validate.problems

    def counted(document: object, schema: str, *others: object, **more: object) -> object:
        done.append(schema)
        return hold(document, schema, *others, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(validate, "problems", counted)
    return done


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CROSSPAYER_CACHE", str(tmp_path))
    return tmp_path / "crosspayer" / "validated" / schemas.digest()[:16]


def read(raw: bytes = PACK) -> None:
    read_toml(raw, "pack.toml", "pack", ValidatedDigests())


def test_a_document_is_validated_once(cache: Path, validations: list[str]) -> None:
    read()
    read()
    assert validations == ["pack"]
    assert [(path.name[:5], path.stat().st_size) for path in cache.iterdir()] == [("pack-", 0)]


def test_a_changed_document_is_validated_again(cache: Path, validations: list[str]) -> None:
    read()
    read(PACK + b"# changed\n")
    assert validations == ["pack", "pack"]
    with pytest.raises(InputError):
        read(PACK.replace(b"name", b"nmae"))
    assert len(list(cache.iterdir())) == 2


def test_a_faulty_document_is_told_every_time(cache: Path, validations: list[str]) -> None:
    for _ in range(2):
        with pytest.raises(InputError, match=r"^pack\.toml:1:1: has no \"kind\"; add it\.$"):
            read(PACK.replace(b'kind = "pack"\n', b""))
    assert validations == ["pack", "pack"]
    assert not cache.exists()


def test_a_document_is_remembered_for_its_schema_only(cache: Path, validations: list[str]) -> None:
    read()
    with pytest.raises(InputError):
        read_toml(PACK, "pack.toml", "payer", ValidatedDigests())
    assert validations == ["pack", "payer"]
    assert len(list(cache.iterdir())) == 1


def test_an_empty_setting_switches_it_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, validations: list[str]
) -> None:
    monkeypatch.setenv("CROSSPAYER_CACHE", "")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    read()
    read()
    assert validations == ["pack", "pack"]
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("setting", ["XDG_CACHE_HOME", "HOME"])
def test_without_a_setting_it_lies_in_the_users_cache(
    setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("CROSSPAYER_CACHE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv(setting, str(tmp_path))
    read()
    base = tmp_path if setting == "XDG_CACHE_HOME" else tmp_path / ".cache"
    assert [path.name for path in (base / "crosspayer" / "validated").iterdir()] == [schemas.digest()[:16]]


def test_a_folder_that_cannot_be_written_costs_only_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, validations: list[str]
) -> None:
    (tmp_path / "crosspayer").write_text("a file, where the folder should be", encoding="utf-8")
    monkeypatch.setenv("CROSSPAYER_CACHE", str(tmp_path))
    read()
    read()
    assert validations == ["pack", "pack"]


def test_it_holds_nothing_but_names_of_documents(cache: Path) -> None:
    load(*all_installed())
    kept = sorted(path.name for path in cache.iterdir())
    assert {name.partition("-")[0] for name in kept} == {"pack", "payer", "policy", "sources", "table"}
    assert all(len(bytes.fromhex(name.partition("-")[2])) == 32 for name in kept)


def test_a_second_run_does_not_import_the_validator(tmp_path: Path) -> None:
    code = (
        "import sys; from crosspayer.plugins.build import install; "
        f"install(candidates=[], plugin_dirs=[{str(FOLDER / 'bolt')!r}]); print('jsonschema' in sys.modules)"
    )
    env = {**os.environ, "CROSSPAYER_CACHE": str(tmp_path)}
    said = [
        subprocess.run([sys.executable, "-c", code], env=env, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert said == ["True\n", "False\n"]


def test_the_schemas_are_part_of_the_name(cache: Path, monkeypatch: pytest.MonkeyPatch, validations: list[str]) -> None:
    read()
    monkeypatch.setattr(schemas, "digest", lambda: "f" * 64)
    read()
    assert validations == ["pack", "pack"]
    assert sorted(path.name for path in cache.parent.iterdir()) == sorted([cache.name, "f" * 16])
