"""A plugin is opened by its folder or by its id."""

from pathlib import Path

import pytest
from crosspayer.authoring.target import open_target
from crosspayer.errors import InputError

from core.tests.invented import FOLDER


def test_a_folder_is_opened_with_the_packs_it_uses() -> None:
    target = open_target(str(FOLDER / "acme"), [FOLDER / "basics"])
    assert target.id == "acme"
    assert list(target.engine().payers) == ["acme"]


def test_a_pack_is_a_payer_of_its_own_name() -> None:
    assert list(open_target(str(FOLDER / "basics")).engine().payers) == ["basics"]


def test_what_is_no_plugin_is_refused() -> None:
    with pytest.raises(InputError) as caught:
        open_target("nowhere-at-all")
    assert str(caught.value) == (
        "nowhere-at-all: there is no such plugin; name a folder that holds payer.toml, or an installed plugin."
    )


def test_a_broken_plugin_says_why(tmp_path: Path) -> None:
    (tmp_path / "payer.toml").write_text("api = 1\nkind =\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        open_target(str(tmp_path))
    (problem,) = caught.value.problems
    assert (problem.origin, problem.what) == (str(tmp_path), "the plugin is quarantined at stage manifest")
