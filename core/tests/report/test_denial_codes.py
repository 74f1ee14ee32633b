"""The codes of a denial: their form, the group before them, the topics they are usually about."""

import pytest
from crosspayer.policy.model import TOPICS
from crosspayer.report.denial_codes import DenialCode, denial_code, usual_topics


@pytest.mark.parametrize(
    ("written", "code"),
    [
        (("97",), DenialCode("97")),
        (("co-97",), DenialCode("97", "", "CO")),
        (("CO97", "m15"), DenialCode("97", "M15", "CO")),
        ((" pr 119 ", "", "PR"), DenialCode("119", "", "PR")),
        (("a1", "MA130"), DenialCode("A1", "MA130")),
        (("B7", "N362", "OA"), DenialCode("B7", "N362", "OA")),
        (("P1",), DenialCode("P1")),
        (("W1",), DenialCode("W1")),
    ],
)
def test_codes_as_remittances_write_them(written: tuple[str, ...], code: DenialCode) -> None:
    assert denial_code(*written) == code


@pytest.mark.parametrize(
    ("written", "begins"),
    [
        (("",), "--denied"),
        (("0",), "--denied"),
        (("097",), "--denied"),
        (("1000",), "--denied"),
        (("X1",), "--denied"),
        (("97.5",), "--denied"),
        (("٩٧",), "--denied"),
        (("97", "15"), "--remark"),
        (("97", "MB15"), "--remark"),
        (("97", "N0"), "--remark"),
        (("CO-97", "", "PR"), "--denied names the group CO and --group says PR"),
    ],
)
def test_what_is_no_code_is_refused_in_one_sentence(written: tuple[str, ...], begins: str) -> None:
    with pytest.raises(ValueError, match=begins) as refused:
        denial_code(*written)
    assert str(refused.value).count("\n") == 0


def test_the_code_is_shown_with_its_group_and_remark() -> None:
    assert [str(denial_code(*w)) for w in (("97",), ("CO-97",), ("97", "M15", "PR"))] == ["97", "CO 97", "PR 97 M15"]


def test_topics_are_topics_and_only_of_known_codes() -> None:
    assert usual_topics("97") == ("pairs",)
    assert usual_topics("182") == ("modifiers", "codes")
    assert usual_topics("999") == ()
    found = {topic for code in range(1, 300) for topic in usual_topics(str(code))}
    assert found <= set(TOPICS)
