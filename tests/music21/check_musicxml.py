"""Reads MusicXML that Cantus wrote with music21, and compares chords and melody.

Usage: python3 tests/music21/check_musicxml.py [FOLDER]

FOLDER is written by `cargo test -p score --test musicxml_real_data` (default:
`target/tmp/musicxml`). Fails if a file cannot be read, a chord or note is missing, superfluous
or begins at another time, a note has another pitch, or fewer than 98% of the chords have the
same pitch classes: music21 misreads some harmonies, see `docs/chord-symbols-and-music21.md`.
"""

import sys
import warnings
from pathlib import Path

from environment import REPOSITORY, enter

enter()

from events import CLOSE, expected, found  # noqa: E402

LEAST_SHARE = 0.98


def has_raised_seventh(ours: frozenset[int], theirs: frozenset[int]) -> bool:
    """Whether music21 raises the seventh added to a suspended fourth, as it does."""
    for root in ours:
        if {(root + interval) % 12 for interval in (5, 7, 10)} <= ours:
            return theirs == ours - {(root + 10) % 12} | {(root + 11) % 12}
    return False


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "target" / "tmp" / "musicxml"
    warnings.simplefilter("ignore")
    failures, chords, alike, notes = [], 0, 0, 0
    for name, events in expected(folder).items():
        try:
            theirs = found(folder / name)
        except Exception as problem:  # music21 raises many kinds
            failures.append(f"{name}: music21 cannot read it: {problem!r}")
            continue
        for event in ("chord", "note"):
            ours, seen = events[event], theirs[event]
            apart = [i for i, (a, b) in enumerate(zip(ours, seen)) if abs(a[0] - b[0]) > CLOSE]
            if len(ours) != len(seen) or apart:
                where = float(ours[apart[0]][0]) if apart else "the end"
                failures.append(f"{name}: {len(ours)} {event}s written, {len(seen)} found, apart at {where}")
            elif event == "chord":
                chords += len(ours)
                pairs = [(a[1], b[1]) for a, b in zip(ours, seen)]
                alike += sum(a == b or has_raised_seventh(a, b) for a, b in pairs)
            else:
                notes += len(ours)
                other = [a for a, b in zip(ours, seen) if a[1] != b[1]]
                if other:
                    failures.append(f"{name}: another pitch at {float(other[0][0])}")
    share = alike / max(chords, 1)
    print(f"{chords} chords at their places, {alike} ({share:.2%}) with the same pitch classes; "
          f"{notes} notes")
    print("\n".join(failures) or "no failures")
    return 0 if share >= LEAST_SHARE and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
