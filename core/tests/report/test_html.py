"""The HTML report: complete without anything from elsewhere, escaped, with headings and headers, the same each time."""

import io
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

import pytest
from crosspayer.determination.model import Answer
from crosspayer.errors import Problem
from crosspayer.report import html
from crosspayer.report.words import VERDICT_WORDS

from core.tests.acme import Acme, World, encounter, rule

KIND = "{ fact = 'device.kind', is = 'orthosis' }"
WEAK = {"cites": "['secondary']", "effect": "'warn'", "instead_of": "'not_covered'"}
VOID = {"meta", "link", "img", "br", "hr", "input"}
HOSTILE = "<img src=x onerror=alert(1)>\"'&\u202e"


class Page(HTMLParser):
    """The elements of a page in their order; fails where they are not closed in order."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.text: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    def named(self, tag: str) -> list[dict[str, str | None]]:
        return [attrs for name, attrs in self.found if name == tag]


def report(world: World, *encounters: dict[str, Any], problems: tuple[Problem, ...] = (), **asked: Any) -> str:
    found = [d for data in encounters for d in world.answer(data, **asked).determinations]
    file = io.StringIO()
    html.write(Answer(tuple(found)), problems, world.engine.payers, file)
    return file.getvalue()


@pytest.fixture
def world(acme: Acme) -> World:
    return acme(rule("kind", KIND, remedy="'Bill 97761.'") + rule("weak", KIND, **WEAK))


BAD, GOOD = {"device.kind": "prosthesis"}, {"device.kind": "orthosis"}


@pytest.fixture(params=["one", "many", "none"])
def page(request: pytest.FixtureRequest, world: World) -> Page:
    given = {
        "one": [encounter(BAD)],
        "many": [encounter(BAD, id="a"), encounter(GOOD, id="b"), encounter(id="c")],
        "none": [],
    }
    return Page(report(world, *given[request.param]))


def test_nothing_comes_from_elsewhere(page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object", "form"} & {tag for tag, _ in page.found}
    assert all((attrs["href"] or "").startswith("#") for attrs in page.named("a"))
    assert [attrs["content"] for attrs in page.named("meta") if attrs.get("http-equiv")] == [
        "default-src 'none'; style-src 'unsafe-inline'"
    ]
    assert not any(name.startswith("on") or name == "style" for _, attrs in page.found for name in attrs)


def test_it_can_be_read_by_ear(page: Page) -> None:
    assert page.named("html") == [{"lang": "en"}]
    assert len(page.named("h1")) == 1
    levels = [int(tag[1]) for tag, _ in page.found if tag in ("h1", "h2", "h3", "h4")]
    assert all(after <= before + 1 for before, after in pairwise(levels))
    assert all(attrs.get("scope") in ("col", "row") for attrs in page.named("th"))


def test_links_lead_to_places_of_the_page(page: Page) -> None:
    places = [attrs["id"] for _, attrs in page.found if "id" in attrs]
    assert len(places) == len(set(places))
    assert {(attrs["href"] or "")[1:] for attrs in page.named("a")} <= set(places)


def test_every_verdict_has_a_sign_besides_its_colour() -> None:
    assert set(html.MARKS) == set(VERDICT_WORDS)
    assert all(html.MARKS.values())


def test_one_encounter_says_verdict_step_facts_and_source(world: World) -> None:
    said = " ".join(" ".join(Page(report(world, encounter(BAD))).text).split())
    for words in ("✗ not covered", "Bill 97761.", "device.kind", "prosthesis", "Invented notice", "sha256:"):
        assert words in said


def test_many_encounters_are_counted_and_only_those_to_act_on_shown(world: World) -> None:
    text = report(world, encounter(BAD, id="bad"), encounter(GOOD, id="good"), encounter(id="open"))
    page = Page(text)
    said = " ".join(" ".join(page.text).split())
    assert "3 encounters" in said
    assert "Encounter bad" in said
    assert "Encounter open" in said
    assert "Encounter good" not in said
    assert {"e1", "e3"} <= {attrs.get("id") for _, attrs in page.found}


def test_values_are_escaped(world: World) -> None:
    problem = Problem(HOSTILE, 1, 2, "", "cannot be read", "mend it")
    text = report(world, encounter(BAD, id=HOSTILE), encounter(id="x"), problems=(problem,))
    assert "<img" not in text
    assert "\u202e" not in text
    assert "&lt;img" in text


def test_payers_without_a_coverage_get_one_row(world: World) -> None:
    data = encounter(BAD, coverages=[{"payer": "nobody"}])
    text = report(world, data, all_payers=True)
    assert "Other payers, if they covered the patient" in text
    assert "plugin unavailable" in text


def test_the_bytes_are_the_same_each_time(world: World) -> None:
    assert report(world, encounter(BAD)) == report(world, encounter(BAD))
