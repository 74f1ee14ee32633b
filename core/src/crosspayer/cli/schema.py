"""`crosspayer schema`: the shipped JSON Schemas."""

from __future__ import annotations

from pathlib import Path

import click

from crosspayer import schemas
from crosspayer.cli.app import fail
from crosspayer.errors import nearest


@click.command()
@click.argument("name", required=False)
@click.option("--into", type=click.Path(), metavar="FOLDER", help="Write it, or all of them, into this folder.")
def schema(name: str | None, into: str | None) -> None:
    """Print a JSON Schema, or the list of their names.

    With --into they are written as NAME.schema.json, for editors and other programs that read files.

    \b
    Examples:
      crosspayer schema
      crosspayer schema encounter
      crosspayer schema --into schemas
    """
    if name is not None and name not in schemas.names():
        near = nearest(name, schemas.names())
        fail(
            f"there is no schema {name}; "
            + (f"did you mean {near}?" if near else f"there are {', '.join(schemas.names())}.")
        )
    if into is not None:
        _write([name] if name is not None else list(schemas.names()), Path(into))
    elif name is None:
        click.echo("\n".join(schemas.names()))
    else:
        click.echo(schemas.text(name), nl=False)


def _write(names: list[str], folder: Path) -> None:
    try:
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / f"{name}.schema.json").write_text(schemas.text(name), encoding="utf-8", newline="\n")
    except OSError:
        fail(f"{folder}: the schemas cannot be written there; check that it is a folder you may write to.")
    click.echo(f"Wrote {len(names)} schemas into {folder}." if len(names) > 1 else f"Wrote {names[0]} into {folder}.")
