"""A bad plugin cannot hurt the others: whatever becomes of one plugin's files, the rest load and say what they said."""

import tempfile
from functools import cache
from pathlib import Path

import pytest
from crosspayer.plugins.build import Installation
from hypothesis import given, settings
from hypothesis import strategies as st

from core.tests.invented import FOLDER, all_installed, answers, as_installed, copied, load

FILES = sorted(path.relative_to(FOLDER / "acme").as_posix() for path in (FOLDER / "acme").rglob("*.toml"))
WORDS = (
    b"",
    b"\xff",
    b"\x00",
    b"[[rules]]",
    b"= 1",
    b'"',
    b"{",
    b"]",
    b"from = 2020-01-01\n",
    b"97760",
    b"acme",
    b"1e400",
)


@cache
def undisturbed() -> dict[str, bytes]:
    return answers(load(*all_installed()))


def beside(root: Path) -> Installation:
    """The invented plugins with the acme of this folder."""
    return load(as_installed("acme", root), as_installed("basics"), as_installed("bolt"))


def check(found: Installation) -> None:
    """The other payer says what it says without a spoilt plugin; the spoilt one answers, or says why not."""
    assert answers(found, ["bolt"])["bolt"] == undisturbed()["bolt"]
    assert [(r.state, r.stage) for r in found.reports if r.id in ("basics", "bolt")] == [("loaded", None)] * 2
    (acme,) = [report for report in found.reports if report.distribution == "crosspayer-acme"]
    if acme.state == "quarantined":
        assert acme.stage in ("manifest", "document")
        assert acme.reason
        assert "Traceback" not in acme.reason
        assert "failed with" not in acme.reason  # a fault of a document is told by its place, not as one of core's
    assert [payer.id for payer in found.payers] == (["acme", "bolt"] if acme.state == "loaded" else ["bolt"])


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_file_with_a_piece_lost_or_put_in(name: str, data: st.DataObject) -> None:
    text = (FOLDER / "acme" / name).read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 40)))
    with tempfile.TemporaryDirectory() as home:
        root = copied("acme", Path(home))
        (root / name).write_bytes(text[:start] + data.draw(st.sampled_from(WORDS)) + text[end:])
        check(beside(root))


@pytest.mark.parametrize("name", FILES)
@settings(max_examples=15, deadline=None)
@given(data=st.data())
def test_a_file_with_lines_in_another_order(name: str, data: st.DataObject) -> None:
    lines = (FOLDER / "acme" / name).read_text(encoding="utf-8").splitlines()
    shuffled = data.draw(st.permutations(lines))
    with tempfile.TemporaryDirectory() as home:
        root = copied("acme", Path(home))
        (root / name).write_text("\n".join(shuffled), encoding="utf-8")
        check(beside(root))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_gone(name: str, tmp_path: Path) -> None:
    root = copied("acme", tmp_path)
    (root / name).unlink()
    check(beside(root))


@pytest.mark.parametrize("name", FILES)
def test_a_file_that_is_a_folder(name: str, tmp_path: Path) -> None:
    root = copied("acme", tmp_path)
    (root / name).unlink()
    (root / name).mkdir()
    check(beside(root))
