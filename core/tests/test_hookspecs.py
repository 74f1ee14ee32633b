"""The contract with plugins: every hook documented, answered for data plugins, and of the plain kind."""

import inspect
import typing
from collections.abc import Callable
from typing import Any

import pluggy
import pytest
from crosspayer import hookspecs
from crosspayer.hookspecs import PROJECT, PluginDocument
from crosspayer.plugins.folder import DataPlugin

from core.tests.invented import FOLDER

HOOKS: dict[str, Callable[..., Any]] = {
    name: value for name, value in vars(hookspecs).items() if name.startswith("crosspayer_")
}


def manager() -> pluggy.PluginManager:
    found = pluggy.PluginManager(PROJECT)
    found.add_hookspecs(hookspecs)
    return found


def documents(answer: object) -> list[PluginDocument]:
    return [answer] if isinstance(answer, PluginDocument) else list(typing.cast("list[PluginDocument]", answer))


def test_the_hooks_are_these() -> None:
    assert sorted(HOOKS) == ["crosspayer_cases", "crosspayer_payer", "crosspayer_policies", "crosspayer_tables"]
    assert sorted(vars(manager().hook)) == sorted(HOOKS)


@pytest.mark.parametrize("name", HOOKS)
def test_a_hook_says_when_it_is_asked_what_silence_means_and_what_an_error_does(name: str) -> None:
    said = " ".join((inspect.getdoc(HOOKS[name]) or "").split())
    assert "Asked " in said
    assert "empty answer means" in said or "without an implementation" in said
    assert "error" in said.casefold() or "fault" in said
    assert inspect.signature(HOOKS[name]).return_annotation in ("PluginDocument", "Iterable[PluginDocument]")


@pytest.mark.parametrize("name", HOOKS)
def test_no_hook_takes_the_first_result_or_is_historic(name: str) -> None:
    spec = getattr(manager().hook, name).spec
    assert (spec.opts["firstresult"], spec.opts["historic"]) == (False, False)


@pytest.mark.parametrize("name", HOOKS)
def test_core_answers_every_hook_for_a_data_plugin(name: str) -> None:
    plugin = DataPlugin(FOLDER / "acme", "acme")
    registered = manager()
    registered.register(plugin)
    (implementation,) = getattr(registered.hook, name).get_hookimpls()
    assert (implementation.wrapper, implementation.hookwrapper) == (False, False)
    found = documents(implementation.function())
    assert found
    for document in found:
        assert document.origin == f"acme/{document.name}"
        assert document.content == (FOLDER / "acme" / document.name).read_bytes()
    assert inspect.signature(getattr(plugin, name)) == inspect.signature(HOOKS[name])


def test_together_the_hooks_hand_over_every_document_of_a_plugin() -> None:
    plugin = DataPlugin(FOLDER / "acme", "acme")
    answered = [document.name for name in HOOKS for document in documents(getattr(plugin, name)())]
    assert sorted(answered) == sorted(
        path.relative_to(FOLDER / "acme").as_posix() for path in (FOLDER / "acme").rglob("*.toml")
    )


def test_a_data_plugin_without_tables_policies_or_cases_answers_with_nothing() -> None:
    assert {
        name: documents(getattr(DataPlugin(FOLDER, "none"), name)())
        for name in sorted(set(HOOKS) - {"crosspayer_payer"})
    } == {
        "crosspayer_cases": [],
        "crosspayer_policies": [],
        "crosspayer_tables": [],
    }
