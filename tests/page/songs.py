"""Makes up a set of lead sheets to train a small model on: songs.py FOLDER."""

import random
import sys
from pathlib import Path

KEYS = {"C": "CDEFGAB", "G": "GABcdef", "F": "FGABcde", "D": "DEFGABc"}
# Degrees of a scale, the chord over them, and whether it is minor.
CHORDS = {0: "", 3: "", 4: "", 5: "m", 1: "m"}
PROGRESSIONS = [[0, 3, 4, 0], [0, 5, 3, 4], [0, 4, 5, 3], [1, 4, 0, 0]]
METRES = {"4/4": 4, "3/4": 3}


def tune(number: int, draw: random.Random) -> str:
    key, scale = draw.choice(list(KEYS.items()))
    metre, beats = draw.choice(list(METRES.items()))
    lines = [f"X:{number}", f"T:Made-up tune <{number}> & more", f"M:{metre}", "L:1/4", f"K:{key}"]
    bars = []
    for degree in draw.choice(PROGRESSIONS) * draw.choice([2, 3, 5]):
        chord = scale[degree].upper() + CHORDS[degree]
        # Mostly notes of the chord, and some that pass.
        notes = [scale[(degree + draw.choice([0, 2, 4, 4, 1])) % 7] for _ in range(beats)]
        bars.append(f'"{chord}"' + "".join(notes))
    return "\n".join([*lines, "|".join(bars) + "|]"])


def main() -> None:
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    draw = random.Random(1)
    book = "\n\n".join(tune(number, draw) for number in range(1, 121))
    (folder / "book.abc").write_text(book + "\n")


main()
