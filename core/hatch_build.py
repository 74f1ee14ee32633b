"""Ships the JSON Schemas, which live at the top of the repository, inside `crosspayer.schemas`."""

from pathlib import Path
from typing import Any

from hatchling.builders.config import BuilderConfig
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SCHEMAS = "*.schema.json"


class ShipSchemas(BuildHookInterface[BuilderConfig]):
    """Copies `../schemas/*.schema.json` into the wheel or the sdist; `FileNotFoundError` if there are none.

    A wheel built from an unpacked sdist finds them where the sdist put them. An editable install ships no
    files: `crosspayer.schemas` reads the checkout itself, so that an edited schema holds at once.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        inside = Path(self.root, "src", "crosspayer", "schemas")
        if version == "editable" or any(inside.glob(SCHEMAS)):
            return
        checkout = Path(self.root).parent / "schemas"
        found = sorted(checkout.glob(SCHEMAS))
        if not found:
            raise FileNotFoundError(f"no {SCHEMAS} to ship: neither in {checkout} nor in {inside}")
        # A wheel has no src folder.
        package = "src/crosspayer" if self.target_name == "sdist" else "crosspayer"
        for path in found:
            build_data["force_include"][str(path)] = f"{package}/schemas/{path.name}"
