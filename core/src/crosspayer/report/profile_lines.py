"""What an answer owes to the profile, in words: how much came from it, where the encounter says otherwise."""

from __future__ import annotations

from collections.abc import Sequence

from crosspayer.determination.model import Determination
from crosspayer.report.words import counted, fact_words


def profile_lines(found: Sequence[Determination]) -> list[str]:
    """How many facts came from the profile, and where it and the encounter do not go together."""
    supplied = {path for d in found for path in d.from_profile}
    verb = "comes" if len(supplied) == 1 else "come"
    said = [f"{counted(len(supplied), 'fact')} {verb} from the profile (crosspayer explain)."] if supplied else []
    return said + note_lines(found)


def note_lines(found: Sequence[Determination]) -> list[str]:
    """One sentence for each fact on which encounter and profile do not go together."""
    said = []
    for note in sorted({note for d in found for note in d.profile_notes}):
        words, where = fact_words(note.path), " and ".join(note.entries)
        what = note.path if words == note.path else f"{words} [{note.path}]"
        if note.kind == "overruled":
            said.append(f"The encounter says otherwise than the profile ({where}), and holds: {what}.")
        else:
            said.append(f"Name {' and '.join(note.needs)}, so that the profile ({where}) can say: {what}.")
    return said
