"""Records the runs of this folder anew: record.py CANTUS DATA WORK [NAME…].

CANTUS is the program, DATA a folder with the sets `nottingham` and `openewld`, WORK a folder for
corpora and whole runs. Every folder here that holds a run.toml, or each one NAMEd, is trained
(seconds to two minutes each) and diagnosed, and what the rules read is kept.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
# What the rules read of a step; the log holds more.
STEP = ["type", "step", "loss", "visible", "gradient_norm", "learning_rate"]
# What the rules read of an examination; the other parts are emptied.
EXAMINED = ["options", "corpus_sha256", "pieces", "windows", "training_pieces"]
EXAMINED += ["reliance", "memorisation", "calibration"]
# Evaluations at the end of which every song is kept: as many as the rules look at.
LAST = 4
# Books of Nottingham that make the small corpus.
FEW = ["waltzes.abc", "xmas.abc", "slip.abc", "morris.abc", "ashover.abc"]
# The corpus of each run; all others take `many`.
CORPUS = {"memorising": "few", "determined": "rules", "spiking": "rules", "reciting": "few-rules"}


def prepare(cantus: Path, data: Path, work: Path) -> dict[str, Path]:
    """The corpora by their names."""
    books = data / "nottingham" / "ABC_cleaned"
    few = work / "few"
    few.mkdir(parents=True, exist_ok=True)
    for book in FEW:
        shutil.copy(books / book, few)
    corpora = {name: work / f"corpus-{name}" for name in ["many", "few", "rules", "few-rules"]}
    for name, nottingham in [("many", data / "nottingham"), ("few", few)]:
        songs = data / "openewld"
        subprocess.run(
            [cantus, "prepare", nottingham, songs, "-o", corpora[name]]
            + ["--only", songs / "us_public_domain_1930.json"]
            + ["--licence", f"{nottingham.name}=GPL-3.0", "--licence", "openewld=PD"],
            check=True,
        )
    for name, kind, songs in [("rules", "determined", "800"), ("few-rules", "functional", "80")]:
        synth = ["corpus", "synth", kind, "--songs", songs, "--seed", "1"]
        subprocess.run([cantus, *synth, "-o", corpora[name]], check=True)
    return corpora


def rounded(value: object) -> object:
    """Six digits are enough for every rule, and figures by source are read by none."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, list):
        return [rounded(one) for one in value]
    if isinstance(value, dict):
        return {name: {} if name == "sources" else rounded(one) for name, one in value.items()}
    return value


def write(path: Path, value: object) -> None:
    path.write_text(json.dumps(rounded(value), separators=(",", ":")) + "\n")


def keep_log(run: Path, kept: Path) -> None:
    lines = []
    for line in (run / "metrics.jsonl").read_text().splitlines():
        entry = json.loads(line)
        if entry["type"] == "step":
            entry = {name: entry[name] for name in STEP}
        lines.append(json.dumps(rounded(entry), separators=(",", ":")))
    (kept / "metrics.jsonl").write_text("\n".join(lines) + "\n")


def keep_songs(run: Path, kept: Path) -> None:
    """The validation songs of the last evaluations, as numbers: which they were is nobody's
    business here."""
    shutil.rmtree(kept / "validations", ignore_errors=True)
    (kept / "validations").mkdir()
    reports = sorted((run / "validations").glob("*.json"), key=lambda path: int(path.stem[5:]))
    for path in reports[-LAST:]:
        report = json.loads(path.read_text())
        report["training"] = {"songs": [], "probes": []}
        for number, song in enumerate(report["validation"]["songs"]):
            song.pop("tune", None)
            song.update(file=str(number), family=f"{number:016x}")
        write(kept / "validations" / path.name, report)


def keep_examination(run: Path, kept: Path) -> None:
    diagnosis = json.loads((run / "report" / "findings.json").read_text())["runs"][0]
    examination = diagnosis["examination"]
    for name, value in examination.items():
        if name not in EXAMINED:
            examination[name] = None if isinstance(value, dict) else []
    for calibration in examination["calibration"]:
        calibration["bins"] = []
    write(kept / "examination.json", examination)
    write(kept / "baselines.json", diagnosis["baselines"])


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
        subprocess.run([cantus, "diagnose", run, "--corpus", corpus], check=True)
        shutil.copy(run / "config.toml", kept)
        keep_log(run, kept)
        keep_songs(run, kept)
        keep_examination(run, kept)


main()
