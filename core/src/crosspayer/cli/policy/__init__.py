"""`crosspayer policy`: write, check and test the policies of a plugin. One command a file."""

from __future__ import annotations

import click

from crosspayer.cli.lazy import LazyGroup

COMMANDS = ("coverage", "fmt", "new", "test", "validate")


@click.group(cls=LazyGroup, package=__name__, modules=COMMANDS)
def policy() -> None:
    """Write, check and test the policies of a payer plugin."""
