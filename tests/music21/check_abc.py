"""Reads ABC that Cantus wrote with music21, and compares chords and melody.

Usage: python3 tests/music21/check_abc.py [FOLDER]

FOLDER is written by `cargo test -p score --test abc_data` (default: `target/tmp/abc`). Of each
tune it holds `…-fresh.abc`, written from the lead sheet; `…-original.abc`, the file as it was;
and `…-into.abc`, the same with many chords written into it. Fails if a fresh tune does not have
the same chords and notes at the same places, or if a tune into which chords were written does
not, although music21 reads its original as Cantus does; what music21 10.5.1 is known to read
wrongly is listed below.

In the originals it takes accidentals to hold for their own note only (`^G` in `^GEG`) unless the
file says that it is ABC 2.1, passes over keys in brackets within a line of music, and takes a
note before a repeat sign (`E:|`) for a field.
"""

import sys
import warnings
from pathlib import Path

from environment import REPOSITORY, enter

enter()

from events import CLOSE, Events, expected, found  # noqa: E402

# By file: what music21 misreads in it, checked by hand.
KNOWN = {
    "1170-fresh.abc": "the notes behind a third ending are lost",
    "1340-fresh.abc": "a tie from a note with a natural sign to one without is not seen",
    "1270-into.abc": "a length behind brackets does not multiply the lengths within: [A2E2]/2",
    "1310-into.abc": "the annotation \"^F#º\" is taken for a chord",
    "1330-into.abc": "an annotation that begins with _ is taken for a chord",
}


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
    alike, known, failures, misread, chords = 0, [], [], [], 0
    for name in files:
        if name.endswith("-original.abc"):
            continue
        if name.endswith("-into.abc"):
            original = name.replace("-into", "-original")
            if other := differences(folder / original, files[original], ["note"]):
                misread += other
                continue
        if parted := differences(folder / name, files[name], ["note", "chord"]):
            if name in KNOWN:
                known.append(f"{name}: {KNOWN[name]}")
            else:
                failures += parted
        else:
            alike += 1
            chords += len(files[name]["chord"])
    print(f"{alike} tunes with {chords} chords are read alike")
    print("\n".join([f"known faults of music21 in {len(known)}:", *known]))
    print("\n".join([f"originals that music21 reads otherwise: {len(misread)}", *misread]))
    print("\n".join(["failures:", *failures]) if failures else "no failures")
    return 1 if failures or not alike else 0


if __name__ == "__main__":
    sys.exit(main())
