"""What the commands that answer about encounters share: options that say which plugins answer, and with which facts."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from crosspayer.cli.app import check_payers, check_plans, engine_from, plugin_options, tables_option
from crosspayer.cli.profile_option import profile_from, profile_option
from crosspayer.engine.engine import Engine

if TYPE_CHECKING:
    from crosspayer.encounter.profile import Profile


class Answering(NamedTuple):
    """The options by name."""

    plugin_dirs: Sequence[str]
    allow_code: Sequence[str]
    strict: bool
    tables: str | None
    profile_file: str | None

    def ready(self, payers: Sequence[str], plans: Sequence[str]) -> tuple[Engine, Profile | None]:
        """The engine and the profile. A payer or plan that cannot answer ends the command, as any fault does."""
        wanted = {*payers, *(plan.partition("/")[0] for plan in plans)}
        engine = engine_from(self.plugin_dirs, self.allow_code, self.strict, self.tables, wanted)
        check_payers(engine, payers)
        check_plans(engine, plans)
        return engine, profile_from(self.profile_file, engine)


def answering_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options themselves, given to the command as one argument, `answering`."""

    @functools.wraps(command)
    def gathered(**options: Any) -> None:
        command(answering=Answering(*(options.pop(name) for name in Answering._fields)), **options)

    return profile_option(tables_option(plugin_options(gathered)))
