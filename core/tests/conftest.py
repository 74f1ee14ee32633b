from collections.abc import Iterator
from itertools import count

import pytest

from core.tests.acme import Acme

collect_ignore = ["plugins_fixture"]  # plugins without their packs, and broken ones


@pytest.fixture(scope="session", autouse=True)
def own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Digests of validated documents are remembered for this session only, never in the user's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CROSSPAYER_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="session")
def acme(tmp_path_factory: pytest.TempPathFactory) -> Acme:
    """Loads policies of the invented payer acme, each from a folder of its own."""
    numbers = count()
    return Acme(lambda: tmp_path_factory.mktemp(f"plugins{next(numbers)}"))
