"""What written files must hold, and what music21 finds in them: chord symbols and melody.

Import it after `environment.enter()`.
"""

import contextlib
import csv
import io
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

from music21 import converter
from music21.harmony import ChordSymbol, NoChord

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
