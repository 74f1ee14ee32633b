"""The contract between core and plugins: the hooks a plugin may implement.

Every hook is asked once, while the engine is built (`crosspayer_cases` when cases are run), of each plugin by
itself; the answers keep their author, their order never matters, and nothing per encounter passes through here. A
hook that raises quarantines its plugin alone. No hook takes the first result only, none is historic, and wrappers are
refused: no plugin can change what another one says.

Data plugins implement nothing: core answers these hooks for them from their files. A code plugin
(`kind = "code"` in its manifest) is imported only when it is allowed by name, and implements them as module-level
functions marked with `crosspayer.hookimpl`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

import pluggy

PROJECT = "crosspayer"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


class PluginDocument(NamedTuple):
    """One file of a plugin.

    `name` is its path inside the plugin (`policies/units.toml`), `origin` how messages name it, `content` its bytes.
    """

    name: str
    origin: str
    content: bytes


@hookspec
def crosspayer_payer() -> PluginDocument:  # type: ignore[empty-body]
    """The manifest, `payer.toml` or `pack.toml`.

    Asked once, first. The file beside the package is read before anything is imported, and without an implementation
    it is the answer; an error, or an answer that is no manifest, quarantines the plugin at stage `manifest`.
    """


@hookspec
def crosspayer_policies() -> Iterable[PluginDocument]:  # type: ignore[empty-body]
    """`sources.toml` and the policy documents (`policies/*.toml`).

    Asked once. An empty answer means that the plugin has no rules of its own (it may still use a pack's). Documents are
    validated against the shipped schemas; a fault in one quarantines the plugin at stage `document`.
    """


@hookspec
def crosspayer_tables() -> Iterable[PluginDocument]:  # type: ignore[empty-body]
    """The tables: `tables/*.toml` and the CSV files that hold their rows; `imports/*.toml`, how a site fills them anew.

    Asked once. An empty answer means that there are none. Errors and faults are treated as for policies, but that
    imports are read only by `crosspayer tables import`, which says what is wrong with one.
    """


@hookspec
def crosspayer_cases() -> Iterable[PluginDocument]:  # type: ignore[empty-body]
    """The cases the plugin ships (`cases/*.toml`), by which an installed plugin proves itself.

    Asked only when cases are run. An empty answer means that there are none; an error is reported as a failed run.
    """
