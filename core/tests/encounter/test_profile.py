"""Profiles are read whole or refused with the place of every fault. Everything in them is invented."""

import hashlib
from pathlib import Path

import pytest
from crosspayer.encounter.profile import Profile
from crosspayer.errors import InputError
from crosspayer.policy.documents import ValidatedDigests
from crosspayer.schemas import validate

HEAD = "format = 1\n[[entries]]\n"
METHOD = 'facts.coverage.unit_method = "cms_total"\n'
OTHER = 'facts.coverage.unit_method = "ama_midpoint"\n'


def entry(keys: str, facts: str = METHOD) -> str:
    """One entry; `keys` as in "payer = 'acme'; state = 'OH'"."""
    return "[[entries]]\n" + "".join(f"{key.strip()}\n" for key in keys.split(";") if key.strip()) + facts


def refused(text: str) -> list[str]:
    """The sentences a profile is refused with, without the name of its file."""
    with pytest.raises(InputError) as error:
        Profile.from_toml(text, "profile.toml")
    return [str(problem).removeprefix("profile.toml:") for problem in error.value.problems]


def test_entries_are_read_with_their_keys_days_and_facts() -> None:
    text = """\
format = 1
[[entries]]
facts.setting = "private_practice"

[[entries]]
payer = "acme"
plan = "commercial"
billing_npi = "1111111112"
rendering_npi = "2222222223"
state = "OH"
from = 2026-01-01
to = 2026-12-31
  [entries.facts]
  coverage.contract_unit_cap = 4
  coverage.prior_authorization = { required = true, vendor = "Reviewer" }
  payer_facts.acme.gold_card = true
"""
    general, special = Profile.from_toml(text).entries
    assert (general.keys, general.facts) == ({}, {"setting": "private_practice"})
    assert (general.first.isoformat(), general.last.isoformat()) == ("0001-01-01", "9999-12-31")
    assert special.keys == {
        "payer": "acme", "plan": "commercial", "billing_npi": "1111111112", "rendering_npi": "2222222223",
        "state": "OH",
    }  # fmt: skip
    assert (special.first.isoformat(), special.last.isoformat()) == ("2026-01-01", "2026-12-31")
    assert special.facts == {
        "coverage.contract_unit_cap": 4,
        "coverage.prior_authorization.required": True,
        "coverage.prior_authorization.vendor": "Reviewer",
        "payer_facts.acme.gold_card": True,
    }


def test_the_digest_is_that_of_the_bytes_and_a_byte_order_mark_is_no_fault() -> None:
    plain, marked = Profile.from_toml("format = 1\n"), Profile.from_toml(b"\xef\xbb\xbfformat = 1\n")
    assert (plain.entries, marked.entries) == ((), ())
    assert plain.digest == f"sha256:{hashlib.sha256(b'format = 1' + bytes([10])).hexdigest()}"
    assert plain.digest != marked.digest


def test_a_file_is_read_and_a_remembered_one_is_not_validated_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "profile.toml"
    file.write_text(HEAD + METHOD, encoding="utf-8")
    read = Profile.read(file, ValidatedDigests())
    assert read.entries == Profile.from_toml(HEAD + METHOD).entries
    remembered = ValidatedDigests()
    assert f"profile-{read.digest.removeprefix('sha256:')}" in remembered
    monkeypatch.setattr(validate, "problems", None)  # calling it would raise
    assert Profile.read(file, remembered).entries == read.entries


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (None, "{}: there is no such file; correct its name."),
        ("folder", "{}: is a folder, not a file; name the file in it that is meant."),
        (b"format = 1 \xff", "{}:1:12: the file is not UTF-8 text; save it as UTF-8."),
        (b"format = ", "{}:1:10: has no value that can be read here; put text in double quotes."),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path, given: bytes | str | None, sentence: str) -> None:
    file = tmp_path / "profile.toml"
    if given == "folder":
        file.mkdir()
    elif isinstance(given, bytes):
        file.write_bytes(given)
    with pytest.raises(InputError) as error:
        Profile.read(file)
    assert str(error.value) == sentence.format(file)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", '1:1: has no "format"; add it.'),
        ("format = 2", "1:1: format: is not a value allowed here; write format = 1."),
        ("format = 1\nentry = 1", '2:1: entry: is not a key here; did you mean "entries"?'),
        (HEAD, '2:1: entries[0]: has no "facts"; add it.'),
        (HEAD + 'plan = "p"\n' + METHOD, '2:1: entries[0]: has no "payer" beside "plan"; add it.'),
        (
            HEAD + 'facts.coverage.unit_metod = "cms_total"',
            '3:16: entries[0].facts.coverage.unit_metod: is not a key here; did you mean "unit_method"?',
        ),
        (
            HEAD + 'facts.coverage.unit_method = "cms"',
            '3:16: entries[0].facts.coverage.unit_method: is "cms"; write "cms_total" or "ama_midpoint".',
        ),
        (
            HEAD + 'facts.coverage.contract_unit_cap = "4"',
            "3:16: entries[0].facts.coverage.contract_unit_cap: is a string, expected a whole number; "
            "write a whole number, without quotes.",
        ),
        (
            HEAD + "facts.coverage.assistant_rate = 101",
            "3:16: entries[0].facts.coverage.assistant_rate: is too large; write 100 or less.",
        ),
        (
            HEAD + 'facts.coverage.prior_authorization.vendor = "?"',
            "3:36: entries[0].facts.coverage.prior_authorization.vendor: does not have the form expected here; "
            "write what it is, in double quotes.",
        ),
        (
            HEAD + 'from = "2026-01-01"\n' + METHOD,
            "3:1: entries[0].from: is not a date; write the day as YYYY-MM-DD, without quotes.",
        ),
        (
            HEAD + "from = 2026-02-30\n" + METHOD,
            "3:8: has a date that does not exist; write dates as YYYY-MM-DD, without quotes.",
        ),
        (
            HEAD + "from = 2026-03-01\nto = 2026-02-28\n" + METHOD,
            "4:1: entries[0].to: lies before from; correct one of the two days.",
        ),
        (
            HEAD + "billing_npi = 1111111112\n" + METHOD,
            "3:1: entries[0].billing_npi: is a whole number, expected a string; "
            "write the ten digits of the NPI in double quotes.",
        ),
        (
            HEAD + 'state = "Ohio"\n' + METHOD,
            "3:1: entries[0].state: does not have the form expected here; "
            "write the state's two capital letters in double quotes.",
        ),
        (
            HEAD + 'payer = "acme"\nfacts.payer_facts.bolt.gold_card = true',
            "4:24: entries[0].facts.payer_facts.bolt.gold_card: is a fact of bolt in an entry for acme; "
            "move it to an entry for bolt.",
        ),
        (
            HEAD + 'facts.rendering.specialty = "65"',
            "3:17: entries[0].facts.rendering.specialty: is a fact of one provider; add rendering_npi to the entry.",
        ),
        (
            HEAD + 'state = "OH"\nfacts.billing.state = "OH"',
            "4:15: entries[0].facts.billing.state: is what the key state looks for; remove one of the two.",
        ),
    ],
)
def test_a_fault_is_one_sentence_with_its_place(text: str, sentence: str) -> None:
    assert refused(text) == [sentence]


@pytest.mark.parametrize(
    "fact",
    [
        "patient.age = 54", 'coverage.order = "primary"', 'coverage.plan = "commercial"', 'line.code = "97760"',
        "coverage.prior_authorization.present = true", "documentation.home_program = true", "abn.present = true",
        'billing.npi = "1111111112"', 'rendering.profession = "physical_therapist"', "coverage.benefit.visits_used = 3",
        '"coverage.unit_method" = "cms_total"',
    ],
)  # fmt: skip
def test_a_fact_of_a_patient_or_a_visit_is_refused_with_the_list_of_what_may_stand(fact: str) -> None:
    (sentence,) = refused(f"{HEAD}facts.{fact}")
    assert "is not a key here; a profile holds facts of contracts, plans and the practice" in sentence
    assert sentence.endswith("crosspayer facts --profile-template lists them.")


def test_every_fault_is_named_in_the_order_of_the_text() -> None:
    text = HEAD + "facts.coverage.contract_unit_cap = true\n" + entry("state = 'Ohio'") + entry("", "")
    assert [sentence.partition(": ")[0] for sentence in refused(text)] == ["3:16", "5:1", "7:1"]


# --- entries that contradict each other


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("", ""),
        ("payer = 'acme'", "payer = 'acme'"),
        ("payer = 'acme'; to = 2026-06-30", "payer = 'acme'; from = 2026-06-30"),
        ("payer = 'acme'; plan = 'p'; state = 'OH'", "state = 'OH'; plan = 'p'; payer = 'acme'"),
    ],
)
@pytest.mark.parametrize("said", [METHOD, OTHER])
def test_the_same_keys_twice_on_one_day_are_refused_whatever_they_say(first: str, second: str, said: str) -> None:
    (sentence,) = refused("format = 1\n" + entry(first) + entry(second, said))
    assert sentence.endswith(
        "entries[1].facts.coverage.unit_method: entries[0] says it for the same keys and days; "
        "keep one, or part their days."
    )


@pytest.mark.parametrize(
    ("first", "second", "both"),
    [
        ("payer = 'acme'", "state = 'OH'", "payer, state"),
        ("payer = 'acme'; plan = 'p'", "payer = 'acme'; state = 'OH'", "payer, plan, state"),
        ("billing_npi = '1111111112'", "rendering_npi = '2222222223'", "billing_npi, rendering_npi"),
    ],
)
def test_entries_that_one_encounter_could_fit_alike_are_refused_unless_they_agree(
    first: str, second: str, both: str
) -> None:
    (sentence,) = refused("format = 1\n" + entry(first) + entry(second, OTHER))
    assert sentence.endswith(
        "entries[1].facts.coverage.unit_method: entries[0] says otherwise, and an encounter that fits both would have "
        f"two values; add an entry that says what holds for both (with {both})."
    )
    assert len(Profile.from_toml("format = 1\n" + entry(first) + entry(second)).entries) == 2


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("payer = 'acme'", "payer = 'bolt'"),
        ("payer = 'acme'", "payer = 'acme'; plan = 'p'"),
        ("payer = 'acme'; to = 2026-06-29", "payer = 'acme'; from = 2026-06-30"),
        ("payer = 'acme'; state = 'OH'", "payer = 'acme'; state = 'PA'"),
        ("payer = 'acme'; plan = 'p'", "payer = 'bolt'; state = 'OH'"),
    ],
)
def test_entries_that_no_encounter_fits_alike_stand_side_by_side(first: str, second: str) -> None:
    assert len(Profile.from_toml("format = 1\n" + entry(first) + entry(second, OTHER)).entries) == 2


@pytest.mark.parametrize(
    ("days", "settled"),
    [
        ([""], True),
        (["to = 2026-06-30", "from = 2026-07-01"], True),
        (["to = 2026-06-30", "from = 2026-07-02"], False),
        (["from = 2026-01-02"], False),
    ],
)
def test_a_more_specific_entry_settles_what_two_others_leave_open(days: list[str], settled: bool) -> None:
    text = "format = 1\n" + entry("payer = 'acme'; from = 2026-01-01") + entry("state = 'OH'", OTHER)
    text += "".join(entry(f"payer = 'acme'; state = 'OH'; {part}") for part in days)
    if settled:
        assert len(Profile.from_toml(text).entries) == 2 + len(days)
    else:
        assert len(refused(text)) == 1


def test_other_facts_of_the_same_keys_may_stand_in_entries_of_their_own() -> None:
    text = "format = 1\n" + entry("payer = 'acme'") + entry("payer = 'acme'", "facts.coverage.cap_exception = false\n")
    assert [set(found.facts) for found in Profile.from_toml(text).entries] == [
        {"coverage.unit_method"},
        {"coverage.cap_exception"},
    ]
