"""The pytest plugin costs those who do not use it next to nothing."""

import subprocess
import sys
from importlib.metadata import entry_points


def test_loading_the_pytest_plugin_imports_nothing_of_the_package() -> None:
    (point,) = entry_points(group="pytest11", name="crosspayer")
    program = (
        f"import sys, {point.module}; print(sorted(name for name in sys.modules if name.startswith('crosspayer')))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout == "['crosspayer_pytest']\n"
