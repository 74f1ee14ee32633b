"""Documents that were validated once are not validated again, and only those."""

import os
import subprocess
import sys
import tomllib
from datetime import datetime, time
from pathlib import Path
from typing import Any

import pytest
from crosspayer import schemas
from crosspayer.errors import InputError
from crosspayer.policy import kept
from crosspayer.policy.documents import ValidatedDigests, read_toml
from crosspayer.schemas import toml_document, validate
from hypothesis import given
from hypothesis import strategies as st

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
    (file,) = cache.iterdir()
    assert file.name.startswith("pack-")
    assert kept.read(file.read_bytes()) == tomllib.loads(PACK.decode())


@pytest.mark.usefixtures("cache")
def test_a_document_that_was_kept_is_not_parsed_again(monkeypatch: pytest.MonkeyPatch) -> None:
    first = read_toml(PACK, "pack.toml", "pack", ValidatedDigests())
    monkeypatch.setattr(toml_document, "tomllib", None)
    assert read_toml(PACK, "pack.toml", "pack", ValidatedDigests()) == first


@pytest.mark.parametrize("damage", [b"", b"damaged", b"x" * 40])
def test_a_damaged_file_is_validated_again_and_mended(damage: bytes, cache: Path, validations: list[str]) -> None:
    first = read_toml(PACK, "pack.toml", "pack", ValidatedDigests())
    (file,) = cache.iterdir()
    good = file.read_bytes()
    file.write_bytes(damage)
    assert read_toml(PACK, "pack.toml", "pack", ValidatedDigests()) == first
    assert (validations, file.read_bytes()) == (["pack", "pack"], good)


def test_of_what_is_no_plugins_own_only_the_digest_is_kept(cache: Path) -> None:
    cases = (FOLDER / "basics" / "cases" / "codes.toml").read_bytes()
    read_toml(cases, "codes.toml", "case", ValidatedDigests())
    assert [path.stat().st_size for path in cache.iterdir()] == [0]


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False), st.text(), st.dates()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_a_document_comes_back_as_it_was(data: dict[str, Any]) -> None:
    assert kept.read(kept.write(data)) == data


@pytest.mark.parametrize("value", [datetime(2026, 1, 1, 8), time(8), 2**64])
def test_what_no_valid_document_holds_is_not_kept(value: object) -> None:
    assert kept.write({"value": [value]}) == b""


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


def test_it_holds_nothing_but_documents_of_plugins(cache: Path) -> None:
    load(*all_installed())
    names = sorted(path.name for path in cache.iterdir())
    assert {name.partition("-")[0] for name in names} == {"pack", "payer", "policy", "sources", "table"}
    assert all(len(bytes.fromhex(name.partition("-")[2])) == 32 for name in names)


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
