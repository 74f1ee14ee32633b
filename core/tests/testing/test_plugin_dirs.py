"""A payer whose pack is not installed is tested with the pack's folder: by the book, the kit and the pytest plugin."""

from pathlib import Path

import pytest
from crosspayer.errors import InputError
from crosspayer.testing.book import Book

from core.tests.invented import copied
from core.tests.testing.test_contract import NAMES, outcome

KIT = """\
from crosspayer.testing import PluginContract

class TestContract(PluginContract):
    plugin = {payer!r}
"""


def test_a_book_opens_with_the_folder_of_a_pack(tmp_path: Path) -> None:
    payer, pack = str(copied("acme", tmp_path)), str(copied("basics", tmp_path))
    with pytest.raises(InputError, match="basics"):
        Book(payer)
    assert len(Book(payer, (pack,)).cases) == 5


def test_the_kit_takes_the_folders_of_packs(pytester: pytest.Pytester) -> None:
    payer, pack = copied("acme", pytester.path), copied("basics", pytester.mkdir("packs"))
    pytester.makepyfile(test_contract=KIT.format(payer=str(payer)))
    counts, said = outcome(pytester, "test_contract.py")
    assert counts == {"failed": len(NAMES)}
    assert "it uses the pack basics, which is not installed" in said
    pytester.makepyfile(test_contract=KIT.format(payer=str(payer)) + f"    plugin_dirs = ({str(pack)!r},)\n")
    counts, said = outcome(pytester, "test_contract.py")
    assert counts == {"passed": len(NAMES) - 2, "failed": 2}  # of some rules of acme a case is lacking
    assert "which is not installed" not in said
    assert "acme/care/certified-in-time has no case that expects pass" in said


def test_pytest_takes_the_folders_of_packs_from_its_settings(pytester: pytest.Pytester) -> None:
    copied("acme", pytester.path)
    copied("basics", pytester.mkdir("packs"))
    counts, said = outcome(pytester, "acme")
    assert counts == {"errors": 1}
    assert "it uses the pack basics, which is not installed" in said
    pytester.makeini("[pytest]\ncrosspayer_plugin_dirs = packs/basics\n")
    assert outcome(pytester, "acme")[0] == {"passed": 5}
    pytester.makeini("[pytest]\ncrosspayer_plugin_dirs = packs/nowhere\n")
    counts, said = outcome(pytester, "acme")
    assert counts == {"errors": 1}
    assert "packs/nowhere: there is no such folder; name the folder of a plugin" in said
