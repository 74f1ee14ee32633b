"""Drafts a column map from a header row: what the headings look like, and what a person must check.

Nothing below the header row is read, so how cells are written is not known: the draft says what it takes for granted.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO, NamedTuple

from crosspayer.encounter.fact import Type
from crosspayer.encounter.feed.cells import DATES
from crosspayer.encounter.feed.schema import IDENTIFIERS, LONGEST, MOST_HEADINGS, column_facts
from crosspayer.encounter.feed.sheet import folded, header_candidates
from crosspayer.errors import InputError, Problem

KEYS = (
    "claimid", "claimnumber", "claimno", "claim", "claimkey", "encounterid", "encounter", "visitid", "encounterkey",
    "recordid", "caseid",
)  # fmt: skip
"""What columns are called that name an encounter, the surest first."""
FACTS: Mapping[str, tuple[str, ...]] = {
    "line.number": ("linenumber", "line", "lineno", "claimlinenumber"),
    "line.service_date": (
        "servicedate", "dateofservice", "dos", "visitdate", "servicefromdate", "fromdate", "servicetodate", "todate",
        "datefrom", "dateto", "lnfromdt", "lntodt", "claimlinestartdate", "claimlineenddate", "dosfrom", "dosto",
        "servicestartdate", "serviceenddate",
    ),
    "line.code": (
        "cpt", "cptcode", "hcpcs", "hcpcscode", "procedurecode", "proccode", "procedure", "code", "cpthcpcs",
        "lnproccd", "servicecode",
    ),
    "line.modifiers": (
        "modifier", "modifiers", "mod", "mods", "cptmodifier", "hcpcsmodifier", "proceduremodifier", "lnprocmod",
    ),
    "line.units": ("units", "unit", "quantity", "qty", "serviceunitquantity", "lnqty", "unitsbilled", "billedunits"),
    "line.charge": ("charge", "chargeamount", "billedamount", "amountbilled", "charges", "linecharge", "fee"),
    "line.allowed_amount": ("allowedamount", "allowed", "amountallowed"),
    "line.minutes": ("minutes", "timedminutes", "treatmentminutes", "mins"),
    "line.place_of_service": ("placeofservice", "pos", "placeofservicecode", "poscode"),
    "line.revenue_code": ("revenuecode", "revcode", "revenuecentercode"),
    "line.rendering.npi": ("renderingnpi", "renderingprovidernpi", "treatingnpi", "lnrendnpi"),
    "billing.npi": ("billingnpi", "billingprovidernpi"),
    "referring.npi": ("referringnpi", "referringprovidernpi"),
    "rendering.taxonomy": ("renderingtaxonomy", "taxonomy", "taxonomycode"),
    "bill_type": ("billtype", "billtypecode", "typeofbill"),
    "diagnosis_codes": ("diagnosis", "diagnosiscode", "diagnoses", "diagnosiscodes", "dx", "dxcode", "icd", "icdcode"),
    "patient.age": ("age", "patientage"),
    "patient.sex": ("sex", "gender", "patientsex", "patientgender"),
    "patient.state": ("patientstate",),
    "episode.first_treatment_on": ("firsttreatmentdate", "initialtreatmentdate", "firsttreatment"),
    "plan_of_care.established_on": ("planofcaredate", "pocdate", "planestablished"),
    "plan_of_care.certified_on": ("certificationdate", "certifiedon", "poccertified", "certdate"),
    "device.code": ("devicecode", "orthosiscode", "lcode"),
}  # fmt: skip
"""What columns are called that hold a fact, beside the fact's own path."""
PAYERS: Mapping[str, tuple[str, ...]] = {
    "payer_id": ("payerid", "payorid", "insurancepayerid"),
    "filing_indicator": ("filingindicator", "claimfilingindicator", "filingcode"),
    "clearinghouse_id": ("clearinghouseid", "clearinghousepayerid"),
    "insurance_type": ("insurancetype", "insurancetypeid", "financialclass"),
    "payer_name": ("payer", "payor", "payername", "payorname", "insurance", "insurancename", "carrier"),
    "plan_name": ("plan", "planname", "insuranceplan"),
}
_NUMBERED = re.compile(r"(?P<name>.*?[^0-9])[0-9]{1,2}")


class _Found(NamedTuple):
    """What the headings of a file look like."""

    facts: Mapping[str, list[str]]
    identifiers: Mapping[str, str]
    keys: list[str]
    others: list[str]
    doubles: list[tuple[str, str]]
    twice: list[str]


def sniff(stream: IO[bytes], origin: str) -> str:
    """The draft for a table, as TOML that keeps to its schema. Raises `InputError` where no map can be drafted."""
    encoding = "utf-8"
    try:
        candidates = header_candidates(stream, origin, encoding)
    except InputError:
        if not stream.seekable():
            raise
        stream.seek(0)
        encoding = "windows-1252"
        candidates = header_candidates(stream, origin, encoding)
    looked = {delimiter: _look(headings) for delimiter, headings in candidates.items()}
    delimiter = max(looked, key=lambda one: len(looked[one].facts))
    found = looked[delimiter]
    if "line.code" not in found.facts:
        what = "no heading that stands once in the first row looks like that of a procedure code"
        remedy = "check that the file has a header row, or write the map by hand from a ready-made one (columns show)"
        raise InputError([Problem(origin, 1, None, "", what, remedy)])
    return "\n".join(_draft(Path(origin).name, encoding, delimiter, found)) + "\n"


def _look(headings: Sequence[str]) -> _Found:
    known = {word: fact for fact, words in FACTS.items() for word in words}
    known |= {_letters(path): path for path in column_facts()}
    payers = {word: name for name, words in PAYERS.items() for word in words}
    several = {"line.service_date"} | {path for path, fact in column_facts().items() if fact.type is Type.CODES}
    counts = Counter(folded(heading) for heading in headings)
    found = _Found({}, {}, [], [], [], sorted({h for h in headings if h and counts[folded(h)] > 1}))
    facts: dict[str, list[str]] = {}
    identifiers: dict[str, str] = {}
    for heading in headings:
        if heading in found.twice or not 0 < len(heading) <= LONGEST:
            continue
        letters = _letters(heading)
        numbered = _NUMBERED.fullmatch(letters)
        fact = known.get(letters) or (numbered and known.get(numbered["name"]))
        if fact is not None and numbered and fact not in several and letters not in known:
            fact = None
        if letters in KEYS:
            found.keys.append(heading)
        elif fact is not None and (fact not in facts or (fact in several and len(facts[fact]) < MOST_HEADINGS)):
            facts.setdefault(fact, []).append(heading)
        elif letters in payers and payers[letters] not in identifiers:
            identifiers[payers[letters]] = heading
        elif fact is not None:
            found.doubles.append((heading, fact))
        else:
            found.others.append(heading)
    return found._replace(facts=facts, identifiers=identifiers)


def _letters(heading: str) -> str:
    return "".join(letter for letter in heading.casefold() if letter.isalnum())


def _draft(name: str, encoding: str, delimiter: str, found: _Found) -> Iterator[str]:
    yield f"# A draft from the header row of {_comment(name)}; nothing below it was read."
    yield "# A person must check each column: that it means the fact, and how its cells are written."
    yield "# crosspayer evaluate FILE --columns THIS lists the rows that do not fit."
    yield "format = 1"
    yield f"encoding = {_text(encoding)}" + ("" if encoding == "utf-8" else "   # check: the headings are no UTF-8")
    yield f"delimiter = {_text(delimiter)}"
    keys = sorted(found.keys, key=lambda heading: KEYS.index(_letters(heading)))[:1]
    if keys:
        yield f"encounter = [{_text(keys[0])}]   # check: rows with the same cell here are one encounter"
    else:
        yield '# encounter = ["…"]   # write here which columns name an encounter, or give --encounter-by'
    yield from _constants()
    for fact, headings in found.facts.items():
        yield from _column(fact, headings)
    for identifier, heading in found.identifiers.items():
        yield ""
        yield "[[columns]]"
        yield f"heading = {_text(heading)}"
        yield f"identifier = {_text(identifier)}   # check: {IDENTIFIERS[identifier]}; to be found in --payer-map"
    if found.twice:
        yield ""
        yield "# These stand in the header row twice, so no map can tell them apart; rename them in the file:"
        yield from (f"#   {_comment(heading)}" for heading in found.twice)
    if found.doubles:
        yield ""
        yield "# These look like a fact that another column holds already; they are not read:"
        yield from (f"#   {_comment(heading)} ({fact})" for heading, fact in found.doubles)
    others = [*found.others, *(key for key in found.keys if key not in keys)]
    if others:
        yield ""
        yield "# Not known, so not read:"
        yield from (f"#   {_comment(heading)}" for heading in others)


def _constants() -> Iterator[str]:
    yield ""
    yield "# [constants]                    # what holds for every row of the file, if it does:"
    yield '# stage = "claim"                # order, schedule, pre_claim, claim or appeal'
    yield '# claim_type = "professional"    # or institutional'
    yield "# day.lines_complete = true      # each encounter holds all services of its day"


def _column(fact: str, headings: Sequence[str]) -> Iterator[str]:
    given = column_facts()[fact]
    yield ""
    yield "[[columns]]"
    if len(headings) > 1:
        yield f"headings = [{', '.join(map(_text, headings))}]"
    else:
        yield f"heading = {_text(headings[0])}"
    yield f"fact = {_text(fact)}   # check: {given.meaning}"
    match given.type:
        case Type.DATE:
            yield f"dates = [{', '.join(map(_text, DATES))}]   # check: keep the one that is used; no DD/MM is read"
        case Type.CODES:
            yield 'split = ",; "   # check: what stands between several in one cell'
            yield '# empty = "none"   # if a row without any is known to have none, and not only not exported'
        case Type.MONEY:
            yield 'currency = "$"   # check'
            yield 'thousands = ","   # check'
        case Type.WORD if fact == "patient.sex":
            yield 'values = { F = "female", M = "male", U = "unknown" }   # check'
        case Type.WORD:
            yield f"# cells may be {', '.join(given.words)}; for others add values = {{ … }}"
        case Type.BOOLEAN:
            yield "# cells may be true or false; for others add values = { … }"


def _text(text: str) -> str:
    """As a TOML string: JSON's escapes are TOML's too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """As part of a comment, on one line."""
    return "".join(letter for letter in text if letter.isprintable())
