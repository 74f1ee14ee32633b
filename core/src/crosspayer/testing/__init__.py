"""For those who test a plugin: `PluginContract`, three lines that run everything a good plugin must pass.

The pytest plugin, `crosspayer_pytest`, runs the cases of `cases/*.toml` one by one; pytest finds it by itself.
"""

from crosspayer.testing.contract import PluginContract

__all__ = ["PluginContract"]
