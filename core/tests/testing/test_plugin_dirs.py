"""A payer whose pack is not installed is tested with the pack's folder."""

from pathlib import Path

import pytest
from crosspayer.errors import InputError
from crosspayer.testing.book import Book

from core.tests.invented import copied


def test_a_book_opens_with_the_folder_of_a_pack(tmp_path: Path) -> None:
    payer, pack = str(copied("acme", tmp_path)), str(copied("basics", tmp_path))
    with pytest.raises(InputError, match="basics"):
        Book(payer)
    assert len(Book(payer, (pack,)).cases) == 5
