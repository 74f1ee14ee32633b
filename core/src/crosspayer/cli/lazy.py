"""Groups of commands whose modules are imported only when a command of theirs is run."""

from __future__ import annotations

import importlib

import click


class LazyGroup(click.Group):
    """The commands of a package: `plans` stands as the object `plans` in the module `plans` of that package."""

    def __init__(self, *args: object, package: str = "", modules: tuple[str, ...] = (), **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        self._package = package
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        del ctx
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        if cmd_name not in self._modules:
            return None
        module = importlib.import_module(f"{self._package}.{cmd_name}")
        command: click.Command = getattr(module, cmd_name)
        return command
