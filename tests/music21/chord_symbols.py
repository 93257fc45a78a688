"""Compares what sounds in each quality, and in each distinct harmony of OpenEWLD, with music21.

Usage: python3 tests/music21/chord_symbols.py [TABLE...]

The tables are written by `cargo test -p score --test chord_symbols`: `target/tmp/harmonies-
qualities.tsv`, and `harmonies-openewld.tsv` where the data is there. `docs/chord-symbols-and-music21.md` explains the disagreements by
kind and degrees, and names the chord in music21's own words where music21 misreads the XML.
Fails if one is missing there, or if fewer than 98% of the harmonies agree in one way or the
other.
"""

import csv
import re
import sys
import warnings
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

from environment import REPOSITORY, enter

enter()

from music21.harmony import ChordSymbol  # noqa: E402
from music21.musicxml.xmlToM21 import MeasureParser  # noqa: E402
from music21.pitch import Pitch  # noqa: E402

LEAST_SHARE = 0.98
EXPLANATIONS = REPOSITORY / "docs" / "chord-symbols-and-music21.md"


def element(row: dict[str, str]) -> ElementTree.Element:
    """The `<harmony>` of a row."""
    harmony = ElementTree.Element("harmony")

    def note(tag: str, name: str) -> None:
        if name:
            parent = ElementTree.SubElement(harmony, tag)
            ElementTree.SubElement(parent, f"{tag}-step").text = name[0]
            alter = name.count("#") - name[1:].count("b")
            if alter:
                ElementTree.SubElement(parent, f"{tag}-alter").text = str(alter)

    note("root", row["root"])
    kind = ElementTree.SubElement(harmony, "kind")
    kind.text = row["kind"]
    if row["text"]:
        kind.set("text", row["text"])
    if row["inversion"]:
        ElementTree.SubElement(harmony, "inversion").text = row["inversion"]
    note("bass", row["bass"])
    for change in filter(None, row["degrees"].split(", ")):
        action, value, alter = change.split()
        degree = ElementTree.SubElement(harmony, "degree")
        ElementTree.SubElement(degree, "degree-value").text = value
        ElementTree.SubElement(degree, "degree-alter").text = alter
        ElementTree.SubElement(degree, "degree-type").text = action
    return harmony


def sounding(row: dict[str, str]) -> set[int] | None:
    """The pitch classes music21 finds; `None` if it refuses the harmony."""
    try:
        symbol = MeasureParser().xmlToChordSymbol(element(row))
        return {pitch.pitchClass for pitch in symbol.pitches}
    except Exception as problem:  # music21 raises many kinds
        print(f"  music21 refuses {row['root']} {row['kind']!r}: {problem}")
        return None


def above_root(row: dict[str, str], classes: set[int] | None) -> str:
    """The pitch classes as semitones above the root of the row."""
    if classes is None:
        return "refused"
    naturals = {"C": 0, "D": 2, "E": 4, "F": 5, "G": 7, "A": 9, "B": 11}
    name = row["root"]
    root = naturals[name[0]] + name.count("#") - name[1:].count("b") if name else 0
    return " ".join(str(value) for value in sorted((c - root) % 12 for c in classes))


def explained() -> dict[tuple[str, str], str]:
    """By kind and degrees of the table: the chord in music21's own words, or nothing."""
    line = r"^\| `(.*?)` \|(.*?)\|.*?\|.*?\|.*?\|(.*?)\|"
    rows = re.findall(line, EXPLANATIONS.read_text(), re.MULTILINE)
    return {(kind, degrees.strip(" `–")): words.strip(" `–") for kind, degrees, words in rows}


def asked_again(row: dict[str, str], words: str) -> set[int]:
    """The pitch classes of the chord when music21 is asked in its own words."""
    root = row["root"].replace("b", "-")
    classes = {pitch.pitchClass for pitch in ChordSymbol(root + words).pitches}
    if row["bass"]:
        classes.add(Pitch(row["bass"].replace("b", "-")).pitchClass)
    return classes


def compare(table: Path) -> bool:
    """Compares one table, in words; whether enough agrees and the rest is explained."""
    with open(table, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    print(f"{table.name}:")
    known = explained()
    agreeing, confirmed, occurrences = 0, 0, 0
    differing = defaultdict(list)
    for row in rows:
        bits = int(row["sounding"])
        ours = {place for place in range(12) if bits >> place & 1}
        theirs = sounding(row)
        if ours == theirs:
            agreeing += 1
            occurrences += int(row["count"])
            continue
        key = (row["kind"], row["degrees"])
        words = known.get(key)
        again = bool(words) and asked_again(row, words) == ours
        confirmed += again
        verdict = "NOT EXPLAINED" if words is None else f"confirmed as {words}" if again else "open"
        differing[key].append((above_root(row, ours), above_root(row, theirs), verdict, row))
    total = len(rows)
    every = sum(int(row["count"]) for row in rows)
    print(f"{agreeing} of {total} distinct harmonies agree ({agreeing / total:.2%}),"
          f" {occurrences} of {every} occurrences ({occurrences / every:.2%})")
    share = (agreeing + confirmed) / total
    print(f"{agreeing + confirmed} ({share:.2%}) when music21 is asked in its own words")
    unexplained = 0
    for (kind, degrees), cases in sorted(differing.items()):
        unexplained += sum(verdict == "NOT EXPLAINED" for _, _, verdict, _ in cases)
        verdicts = ", ".join(sorted({verdict for _, _, verdict, _ in cases}))
        ours, theirs, _, row = cases[0]
        times = sum(int(row["count"]) for *_, row in cases)
        print(f"  {kind!r} [{degrees}]: {len(cases)} distinct, {times} in all, as in {row['root']}"
              f" {row['text']!r}: Cantus {ours}; music21 {theirs}; {verdicts}")
    return share >= LEAST_SHARE and not unexplained


def main() -> int:
    folder = REPOSITORY / "target" / "tmp"
    tables = [Path(name) for name in sys.argv[1:]]
    if not tables:
        tables = [folder / "harmonies-qualities.tsv", folder / "harmonies-openewld.tsv"]
        for table in [table for table in tables[1:] if not table.exists()]:
            print(f"skipped: no table at {table}")
            tables.remove(table)
    warnings.simplefilter("ignore")
    return 0 if all([compare(table) for table in tables]) else 1


if __name__ == "__main__":
    sys.exit(main())
