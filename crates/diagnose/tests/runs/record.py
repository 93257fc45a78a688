"""Records the runs of this folder anew: record.py CANTUS DATA WORK.

CANTUS is the program, DATA a folder with the sets `nottingham` and `openewld`, WORK a folder for
corpora and whole runs. Every folder here that holds a run.toml is trained (seconds to two minutes
each) and diagnosed, and what the rules read is kept.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What the rules read of a step; the log holds more.
STEP = ["type", "step", "loss", "visible", "gradient_norm", "learning_rate"]
# Books of Nottingham that make the small corpus.
FEW = ["waltzes.abc", "xmas.abc", "slip.abc", "morris.abc", "ashover.abc"]
# The corpus of each run; all others take `many`.
CORPUS = {"memorising": "few"}


def prepare(cantus: Path, data: Path, work: Path) -> dict[str, Path]:
    """The corpora by their names."""
    books = data / "nottingham" / "ABC_cleaned"
    few = work / "few"
    few.mkdir(parents=True, exist_ok=True)
    for book in FEW:
        shutil.copy(books / book, few)
    corpora = {}
    for name, nottingham in [("many", data / "nottingham"), ("few", few)]:
        corpora[name] = work / f"corpus-{name}"
        songs = data / "openewld"
        subprocess.run(
            [cantus, "prepare", nottingham, songs, "-o", corpora[name]]
            + ["--only", songs / "us_public_domain_1930.json"]
            + ["--licence", f"{nottingham.name}=GPL-3.0", "--licence", "openewld=PD"],
            check=True,
        )
    return corpora


def keep_log(run: Path, kept: Path) -> None:
    lines = []
    for line in (run / "metrics.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["type"] == "step":
            entry = {name: entry[name] for name in STEP}
        lines.append(json.dumps(entry, separators=(",", ":")))
    (kept / "metrics.jsonl").write_text("\n".join(lines) + "\n")


def keep_examination(run: Path, kept: Path) -> None:
    diagnosis = json.loads((run / "report" / "findings.json").read_text())["runs"][0]
    examination = diagnosis["examination"]
    # Which piece it was is nobody's business here.
    examination["piece_figures"] = []
    for name, value in [("examination", examination), ("baselines", diagnosis["baselines"])]:
        (kept / f"{name}.json").write_text(json.dumps(value, separators=(",", ":")) + "\n")


def main() -> None:
    cantus, data, work, *only = sys.argv[1:]
    cantus, data, work = Path(cantus).resolve(), Path(data).resolve(), Path(work).resolve()
    corpora = prepare(cantus, data, work)
    for config in sorted(HERE.glob("*/run.toml")):
        kept, name = config.parent, config.parent.name
        if only and name not in only:
            continue
        corpus = corpora[CORPUS.get(name, "many")]
        run = work / name
        shutil.rmtree(run, ignore_errors=True)
        train = [cantus, "train", config, "--corpus", corpus, "--out", run]
        subprocess.run(train, check=True)
        subprocess.run([cantus, "diagnose", run, "--corpus", corpus, "--pieces", "30"], check=True)
        shutil.copy(run / "config.toml", kept)
        keep_log(run, kept)
        if name in ["steady", "memorising"]:
            keep_examination(run, kept)


main()
