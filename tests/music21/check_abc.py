"""Reads ABC that Cantus wrote with music21, and compares chords and melody.

Usage: python3 tests/music21/check_abc.py [FOLDER]

FOLDER is written by `cargo test -p score --test abc_data` (default: `target/tmp/abc`). Of each
tune it holds `…-fresh.abc`, written from the lead sheet; `…-original.abc`, the file as it was;
and `…-into.abc`, the same with many chords written into it. Fails if fewer than 98% of the fresh
tunes have the same chords and notes at the same places, or if a tune into which chords were
written is read otherwise although music21 reads its original as Cantus does.

What music21 10.5.1 does not read in the originals: a key in brackets in a line of music, notes
behind a third ending, a tie from a note with a natural sign into the next bar, bar lines inside
of a repeat that divides a bar, and words between quotes that begin like a note.
"""

import contextlib
import csv
import io
import sys
import warnings
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

from environment import REPOSITORY, enter

enter()

from music21 import converter  # noqa: E402
from music21.harmony import ChordSymbol, NoChord  # noqa: E402

LEAST_SHARE = 0.98
# music21 rounds offsets that are no multiples of its own divisions.
CLOSE = Fraction(1, 1000)

Events = list[tuple[Fraction, frozenset[int]]]


def expected(folder: Path) -> dict[str, dict[str, Events]]:
    """By file and kind of event: when each begins, and its pitch classes or MIDI key."""
    files: dict[str, dict[str, Events]] = defaultdict(lambda: defaultdict(list))
    with open(folder / "events.tsv", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            value = frozenset(map(int, row["value"].split()))
            files[row["file"]][row["event"]].append((Fraction(row["onset"]), value))
    return files


def found(path: Path) -> dict[str, Events]:
    """The same, as music21 sees it: chord symbols, and the highest notes with ties joined."""
    with contextlib.redirect_stderr(io.StringIO()):
        score = converter.parse(path, forceSource=True)
    chords = []
    for symbol in score.flatten().getElementsByClass(ChordSymbol):
        classes = [] if isinstance(symbol, NoChord) else [p.pitchClass for p in symbol.pitches]
        chords.append((Fraction(symbol.offset), frozenset(classes)))
    notes = {}
    for note in score.stripTies().flatten().notes:
        if isinstance(note, ChordSymbol) or note.duration.isGrace:
            continue
        at = Fraction(note.offset)
        key = max(pitch.midi for pitch in note.pitches)
        notes[at] = max(key, notes.get(at, key))
    return {"chord": chords, "note": [(at, frozenset([key])) for at, key in sorted(notes.items())]}


def difference(ours: Events, theirs: Events) -> str | None:
    """Where two lists of events part, in words."""
    for index, (mine, other) in enumerate(zip(ours, theirs)):
        if abs(mine[0] - other[0]) > CLOSE or mine[1] != other[1]:
            return f"number {index} is {sorted(mine[1])} at {float(mine[0])}, " \
                   f"music21 reads {sorted(other[1])} at {float(other[0])}"
    if len(ours) != len(theirs):
        return f"{len(ours)} written, {len(theirs)} read"
    return None


def differences(path: Path, events: dict[str, Events], kinds: list[str]) -> list[str]:
    """How music21's reading of a file differs."""
    try:
        theirs = found(path)
    except Exception as problem:  # music21 raises many kinds
        return [f"{path.name}: refused: {problem!r}"]
    parted = {kind: difference(events[kind], theirs[kind]) for kind in kinds}
    return [f"{path.name}: {kind} {words}" for kind, words in parted.items() if words]


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "target" / "tmp" / "abc"
    warnings.simplefilter("ignore")
    files = expected(folder)
    fresh = [name for name in files if name.endswith("-fresh.abc")]
    strange = []
    for name in fresh:
        strange += differences(folder / name, files[name], ["note", "chord"])[:1]
    print(f"{len(fresh) - len(strange)} of {len(fresh)} fresh tunes are read alike")
    print("\n".join(strange))

    failures, unread, alike, chords = [], [], 0, 0
    for name in [name for name in files if name.endswith("-into.abc")]:
        original = name.replace("-into", "-original")
        misread = differences(folder / original, files[original], ["note"])
        if misread:
            unread += misread
            continue
        parted = differences(folder / name, files[name], ["note", "chord"])
        failures += parted
        alike += not parted
        chords += len(files[name]["chord"])
    print(f"{alike} tunes with {chords} chords written into them are read alike; of "
          f"{len(unread)} others music21 reads the original otherwise")
    print("\n".join(unread))
    print("\n".join(["failures:", *failures]) if failures else "no failures")
    return 0 if len(fresh) - len(strange) >= LEAST_SHARE * len(fresh) and not failures else 1


if __name__ == "__main__":
    sys.exit(main())
