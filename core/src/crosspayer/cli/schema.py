"""`crosspayer schema`: the shipped JSON Schemas."""

from __future__ import annotations

import click

from crosspayer import schemas
from crosspayer.cli.app import fail
from crosspayer.errors import nearest


@click.command()
@click.argument("name", required=False)
def schema(name: str | None) -> None:
    """Print a JSON Schema, or the list of their names.

    \b
    Examples:
      crosspayer schema
      crosspayer schema encounter
    """
    if name is None:
        click.echo("\n".join(schemas.names()))
        return
    if name not in schemas.names():
        near = nearest(name, schemas.names())
        fail(
            f"there is no schema {name}; "
            + (f"did you mean {near}?" if near else f"there are {', '.join(schemas.names())}.")
        )
    click.echo(schemas.text(name), nl=False)
