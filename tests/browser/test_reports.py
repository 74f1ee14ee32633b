"""The reports in a real browser: readable on a phone, printable, complete without a request. Run with -m browser.

Needs Chromium on the machine (`apt-get install chromium`); nothing is installed or downloaded here.
"""

import json
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import BrowserContext, Page, sync_playwright

from tests.documents import ROOT, crosspayer

EXAMPLES = sorted((ROOT / "examples").glob("*.json"))

pytestmark = pytest.mark.browser
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PHONE, DESK = (360, 740), (1280, 900)
CONTRAST = """() => {
  const rgb = text => text.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255)
    .map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
  const behind = node => {
    for (; node; node = node.parentElement) {
      const color = rgb(getComputedStyle(node).backgroundColor);
      if (color.length === 3 || color[3] > 0) return color;
    }
    return [255, 255, 255];
  };
  const seen = [...document.querySelectorAll('main *')].filter(n =>
    [...n.childNodes].some(c => c.nodeType === 3 && c.textContent.trim()));
  return Math.min(...seen.map(n => {
    const [a, b] = [light(rgb(getComputedStyle(n).color)), light(behind(n))];
    return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  }));
}"""


class Report(NamedTuple):
    """A report's file and words that must be on it."""

    path: Path
    words: tuple[str, ...]


@pytest.fixture(scope="module")
def reports(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Report]:
    """One encounter with a planted defect, all examples at once, and an appeal sheet."""
    home = tmp_path_factory.mktemp("reports")
    data = json.loads((ROOT / "examples/knee-orthosis-initial.json").read_text(encoding="utf-8"))
    data["lines"][0]["modifiers"] = ["RT"]
    (home / "visit.json").write_text(json.dumps(data), encoding="utf-8")
    asked = {
        "one": (("visit.json", "--all-payers"), ("not covered", "Medicare", "GP, GO or GN", "sha256:")),
        "many": (("visit.json", *map(str, EXAMPLES[1:])), ("Verdicts by payer", "Rules most often in the way")),
    }
    found = {}
    for name, (words, expected) in asked.items():
        done = crosspayer("evaluate", *words, "--format", "html", cwd=home)
        assert done.stderr == ""
        (home / f"{name}.html").write_text(done.stdout, encoding="utf-8")
        found[name] = Report(home / f"{name}.html", expected)
    example = str(ROOT / "examples/knee-orthosis-initial.json")
    crosspayer("explain", example, "--denied", "50", "--appeal", "appeal.html", cwd=home)
    found["appeal"] = Report(home / "appeal.html", ("Appeal of a denial with 50", "Claim number", "sha256:"))
    return found


@pytest.fixture(scope="module")
def browser() -> Iterator[BrowserContext]:
    place = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    assert place is not None, "no Chromium on this machine: install it (apt-get install chromium) and run again"
    with tempfile.TemporaryDirectory() as profile, sync_playwright() as running:
        context = running.chromium.launch_persistent_context(
            profile, executable_path=place, args=FLAGS, headless=True, color_scheme="light"
        )
        yield context
        context.close()


@pytest.fixture
def page(browser: BrowserContext) -> Iterator[Page]:
    found = browser.new_page()
    yield found
    found.close()


def opened(page: Page, report: Report, size: tuple[int, int], *, unfold: bool = False) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.goto(report.path.as_uri())
    if unfold:
        page.evaluate("document.querySelectorAll('details').forEach(part => part.open = true)")


@pytest.mark.parametrize("name", ["one", "many", "appeal"])
@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("unfold", [False, True], ids=["folded", "unfolded"])
def test_nothing_is_wider_than_the_window(
    name: str, size: tuple[int, int], unfold: bool, page: Page, reports: dict[str, Report]
) -> None:
    opened(page, reports[name], size, unfold=unfold)
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.parametrize("name", ["one", "many", "appeal"])
def test_the_words_are_there_and_nothing_is_requested(name: str, page: Page, reports: dict[str, Report]) -> None:
    requested: list[str] = []
    said: list[str] = []
    page.on("request", lambda request: requested.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    opened(page, reports[name], PHONE, unfold=True)
    text = page.inner_text("main")
    assert [words for words in reports[name].words if words not in text] == []
    assert (requested, said) == ([reports[name].path.as_uri()], [])


@pytest.mark.parametrize("name", ["one", "many", "appeal"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_what_is_behind_it(name: str, scheme: str, page: Page, reports: dict[str, Report]) -> None:
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    opened(page, reports[name], DESK, unfold=True)
    assert page.evaluate(CONTRAST) >= 4.5


@pytest.mark.parametrize("name", ["one", "many", "appeal"])
def test_it_prints(name: str, page: Page, reports: dict[str, Report]) -> None:
    opened(page, reports[name], DESK)
    made = page.pdf(format="A4")
    assert made.startswith(b"%PDF-")
    assert len(made) > 10_000
    page.emulate_media(media="print")
    page.set_viewport_size({"width": 673, "height": 1000})  # the width between the margins of a sheet of A4
    assert page.evaluate("document.documentElement.scrollWidth") <= 673
