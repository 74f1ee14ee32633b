"""The option `--profile`: the facts of a practice's contracts and plans."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from crosspayer.cli.app import refuse
from crosspayer.engine.engine import Engine
from crosspayer.errors import InputError

if TYPE_CHECKING:
    from crosspayer.encounter.profile import Profile

F = TypeVar("F", bound=Callable[..., Any])


def profile_option(command: F) -> F:
    """The option itself."""
    option = click.option(
        "--profile",
        "profile_file",
        type=click.Path(),
        metavar="FILE",
        help="Facts of contracts and plans, which hold where an encounter is silent (profile.toml).",
    )
    return option(command)


def profile_from(path: str | None, engine: Engine) -> Profile | None:
    """The profile of a file, held against the loaded plugins; its faults end the command.

    A payer or plan that no loaded plugin knows is left alone, but named where it looks like a slip.
    """
    if path is None:
        return None
    from crosspayer.encounter.profile import Profile
    from crosspayer.engine.consistency import slips
    from crosspayer.policy.documents import ValidatedDigests

    try:
        profile = Profile.read(path, ValidatedDigests())
        engine.check_profile(profile)
    except InputError as error:
        refuse(error)
    for problem in slips(profile, engine.payers):
        click.echo(f"crosspayer: {problem}", err=True)
    return profile
