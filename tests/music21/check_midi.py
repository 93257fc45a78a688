"""Reads MIDI that Cantus wrote with music21, and compares notes, chords and bars.

Usage: python3 tests/music21/check_midi.py [FOLDER]

FOLDER is written by `cargo test -p score --test midi` (default: `target/tmp/midi`). Fails if a
file cannot be read, or a note, a chord or a bar is missing, superfluous, or has another
beginning, length, pitch or set of pitch classes.

Notes and chords are those of music21's MIDI reader before it makes notation of them: it sometimes
leaves a chord longer than its bar whole, and then shifts all that follows. Bars are those of
the notation, as far as there are notes in them: it makes no empty bars at the end.
"""

import csv
import sys
import warnings
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

from environment import REPOSITORY, enter

enter()

from music21 import converter, midi  # noqa: E402
from music21.midi.translate import getNotesFromEvents, getTimeForEvents  # noqa: E402
from music21.stream import Measure  # noqa: E402

Event = tuple[Fraction, Fraction, frozenset[int]]
Events = dict[str, list[Event]]


def expected(folder: Path) -> dict[str, Events]:
    """By file and kind of event: beginning, length, and MIDI key or pitch classes."""
    files: dict[str, Events] = defaultdict(lambda: defaultdict(list))
    with open(folder / "events.tsv", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            value = frozenset(map(int, row["value"].split()))
            event = (Fraction(row["onset"]), Fraction(row["duration"]), value)
            files[row["file"]][row["event"]].append(event)
    return files


def found(path: Path) -> Events:
    """The same, as music21 sees it."""
    file = midi.MidiFile()
    file.open(path)
    file.read()
    file.close()
    events: Events = defaultdict(list)
    for track in file.tracks:
        named = (e for e in track.events if e.type == midi.MetaEvents.SEQUENCE_TRACK_NAME)
        name = next((event.data for event in named), b"")
        together = defaultdict(set)
        for note in getNotesFromEvents(getTimeForEvents(track)):
            start, end = (Fraction(tick, file.ticksPerQuarterNote) for tick in note[:2])
            together[start, end - start].add(note[2].pitch)
        for (start, length), keys in sorted(together.items()):
            if name == b"MELODY":
                events["note"].append((start, length, frozenset(keys)))
            else:
                events["chord"].append((start, length, frozenset(key % 12 for key in keys)))
    last = max((start + length for start, length, _ in events["note"]), default=0)
    score = converter.parse(path, forceSource=True, quantizePost=False)
    melody = next(part for part in score.parts if part.partName == "MELODY")
    for bar in melody.getElementsByClass(Measure):
        if bar.offset < last:
            length = Fraction(bar.barDuration.quarterLength)
            events["bar"].append((Fraction(bar.offset), length, frozenset()))
    return events


def main() -> int:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else REPOSITORY / "target" / "tmp" / "midi"
    warnings.simplefilter("ignore")
    failures, counts = [], defaultdict(int)
    files = expected(folder)
    for name, events in files.items():
        try:
            theirs = found(folder / name)
        except Exception as problem:  # music21 raises many kinds
            failures.append(f"{name}: music21 cannot read it: {problem!r}")
            continue
        for kind, ours in events.items():
            seen = theirs[kind]
            if kind == "bar":
                last = max((start + length for start, length, _ in events["note"]), default=0)
                ours = [bar for bar in ours if bar[0] < last]
            counts[kind] += len(ours)
            apart = [pair for pair in zip(ours, seen) if pair[0] != pair[1]]
            if len(ours) != len(seen) or apart:
                where = f", first {apart[0]}" if apart else ""
                failures.append(
                    f"{name}: {len(ours)} {kind}s written, {len(seen)} found, "
                    f"{len(apart)} differ{where}"
                )
    total = ", ".join(f"{count} {kind}s" for kind, count in counts.items())
    print(f"{len(files)} files: {total}")
    print("\n".join(failures) or "no failures")
    return 1 if failures or not files else 0


if __name__ == "__main__":
    sys.exit(main())
