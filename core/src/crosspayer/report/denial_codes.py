"""The codes of a denial as a remittance writes them, and the topics such codes are usually about.

No list of CARC or RARC is shipped, since their texts are licensed and the lists change three times a year. Whether a
code exists is therefore not known here; only whether it has a code's form.
"""

from __future__ import annotations

import re

import msgspec

GROUPS = ("CO", "CR", "OA", "PI", "PR")
_CARC = re.compile(r"(?:(?P<group>CO|CR|OA|PI|PR)[- ]?)?(?P<carc>[1-9][0-9]{0,2}|[ABDPWY][0-9]{1,2})")
_RARC = re.compile(r"(M|MA|N)[1-9][0-9]{0,2}")
HINT_GRADE = "secondary"
"""How the topics of codes were read: in a copy of the code list of about 2019, not in a source of any payer."""
_TOPICS = {
    "modifiers": ("4", "182"),
    "setting": ("5", "58", "109"),
    "provider": ("8", "16", "170", "172", "183", "184", "185", "206", "207", "208", "B7"),
    "necessity": ("11", "50", "151", "167", "272", "273"),
    "codes": ("146", "181", "182", "261"),
    "authorization": ("197", "198", "284", "287", "288", "296"),
    "units": ("150", "151", "222"),
    "benefit": ("35", "119", "149"),
    "pairs": ("97", "231", "234", "236"),
    "device": ("107", "B15"),
    "records": ("163", "250", "251", "252", "B12"),
}


class DenialCode(msgspec.Struct, frozen=True):
    """What the remittance says: the adjustment's reason (CARC), the remark (RARC) and the group, empty if not given."""

    carc: str
    rarc: str = ""
    group: str = ""

    def __str__(self) -> str:
        return " ".join(part for part in (self.group, self.carc, self.rarc) if part)


def denial_code(carc: str, rarc: str = "", group: str = "") -> DenialCode:
    """The codes, in capitals; `carc` may carry the group (`CO-97`). ValueError says in one sentence what is wrong."""
    found = _CARC.fullmatch(carc.strip().upper())
    if found is None:
        raise ValueError(
            "--denied is not a reason code (CARC); write one to three digits, or a letter of A, B, D, P, W, Y and "
            "digits, as in 97, CO-97 or B7."
        )
    remark = rarc.strip().upper()
    if remark and _RARC.fullmatch(remark) is None:
        raise ValueError("--remark is not a remark code (RARC); write M, MA or N and its number, as in M15 or N362.")
    named = found["group"] or ""
    if named and group and named != group:
        raise ValueError(f"--denied names the group {named} and --group says {group}; give one of them.")
    return DenialCode(found["carc"], remark, group or named)


def usual_topics(carc: str) -> tuple[str, ...]:
    """The topics the code is usually about, in a fixed order; empty where none is known."""
    return tuple(topic for topic, codes in _TOPICS.items() if carc in codes)
