"""What every good plugin passes."""

from crosspayer.testing import PluginContract


class TestContract(PluginContract):
    plugin = "bcbs"
    cannot_be = {  # noqa: RUF012
        ("bcbs/licensee/plan-known", "open"): "without a plan, every plan of the manifest answers for itself: the plan "
        "of an answer is never unknown",
    }
