"""What every good plugin passes."""

from crosspayer.testing import PluginContract


class TestContract(PluginContract):
    plugin = "bcbs"
