"""Runs `cantus bench` and the same model in PyTorch in turn, several rounds, and prints medians
and ratios as tables. Called by `bench-vs-pytorch`, which installs PyTorch."""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
# Times that are counted, and not, in one round.
TIMES = {"Q": (10, 3), "S": (5, 2), "L": (3, 1)}
FORWARD_TIMES = {"Q": 60, "S": 40, "L": 15}
COLD_STARTS = 15
BF16 = ("--precision", "bf16")
PEERS = {
    "eager f32": [],
    "eager bf16": ["--bf16"],
    "compiled f32": ["--compile"],
    "compiled bf16": ["--compile", "--bf16"],
}
# What is to be reached, by rows and workloads.
ASKED = {
    "step / eager f32": {"Q": 2.5, "S": 4.5, "L": 4.5},
    "step / best": {"Q": 1.8, "S": 3, "L": 3},
    "bf16 step / eager f32": {"Q": 2.5, "S": 4.5, "L": 4.5},
    "bf16 step / best": {"Q": 1.8, "S": 3, "L": 3},
    "step, dropout 0 / eager f32": {"Q": 1.5, "S": 1.6, "L": 1.6},
    "peak memory / eager f32": {"Q": 0.5, "S": 0.35, "L": 0.5},
    "forward / eager f32": {"Q": 1.2, "S": 1.1, "L": 1.3},
}


class Bench:
    def __init__(self, cantus: Path, threads: int):
        self.cantus, self.threads = cantus, threads
        self.found: dict[tuple, list[dict]] = {}

    def run(self, key: tuple, command: list) -> None:
        environment = os.environ | {"RAYON_NUM_THREADS": str(self.threads)}
        command = [str(part) for part in command]
        done = subprocess.run(command, env=environment, capture_output=True, text=True)
        if done.returncode != 0:
            print(f"{' '.join(map(str, key))}: failed: {done.stderr[-500:]}", file=sys.stderr)
            return
        result = json.loads(done.stdout)
        result = result[0] if isinstance(result, list) else result
        self.found.setdefault(key, []).append(result)
        print(f"{' '.join(key)}: {result['median_milliseconds']:.1f} ms", file=sys.stderr)

    def ours(self, what: str, workload: str, times: int, *more: str) -> None:
        key = ("cantus", what, workload, *more)
        self.run(key, [self.cantus, "bench", what, workload, "--times", times, "--json", *more])

    def peer(self, what: str, workload: str, times: int, warming: int, *more: str) -> None:
        key = ("pytorch", what, workload, *more)
        command = [sys.executable, HERE / "pytorch_peer.py", what, workload, "--times", times]
        self.run(key, [*command, "--warming", warming, "--threads", self.threads, *more])

    def round(self, workload: str) -> None:
        times, warming = TIMES[workload]
        self.ours("step", workload, times)
        self.ours("step", workload, times, *BF16)
        for more in PEERS.values():
            self.peer("step", workload, times, warming, *more)
        self.ours("step", workload, times, "--dropout", "0")
        self.peer("step", workload, times, warming, "--dropout", "0")
        self.ours("forward", workload, FORWARD_TIMES[workload])
        self.ours("forward", workload, FORWARD_TIMES[workload], *BF16)
        self.peer("forward", workload, FORWARD_TIMES[workload], 5)
        self.ours("kernels", workload, 9)
        self.peer("product", workload, 9, 3)

    def number(self, key: tuple, field: str = "median_milliseconds") -> float:
        values = [result[field] for result in self.found.get(key, [])]
        return statistics.median(values) if values else float("nan")


def ratios(bench: Bench, workload: str) -> dict[str, float]:
    step = bench.number(("cantus", "step", workload))
    peers = {
        name: bench.number(("pytorch", "step", workload, *more)) for name, more in PEERS.items()
    }
    rounded = bench.number(("cantus", "step", workload, *BF16))
    best = min(value for value in peers.values() if value == value)
    plain = ("--dropout", "0")
    memory = [
        bench.number((program, "step", workload), "peak_megabytes")
        for program in ["cantus", "pytorch"]
    ]
    return {
        "step / eager f32": peers["eager f32"] / step,
        "step / best": best / step,
        "bf16 step / eager f32": peers["eager f32"] / rounded,
        "bf16 step / best": best / rounded,
        "step, dropout 0 / eager f32": bench.number(("pytorch", "step", workload, *plain))
        / bench.number(("cantus", "step", workload, *plain)),
        "peak memory / eager f32": memory[0] / memory[1],
        "forward / eager f32": bench.number(("pytorch", "forward", workload))
        / bench.number(("cantus", "forward", workload)),
    }


def print_tables(bench: Bench, workloads: list[str]) -> None:
    print("| median milliseconds | " + " | ".join(workloads) + " |")
    print("|---|" + "---|" * len(workloads))
    rows = [(program, *key) for program, *key in dict.fromkeys(
        (key[0], key[1], *key[3:]) for key in bench.found
    )]
    for program, what, *more in rows:
        cells = [f"{bench.number((program, what, workload, *more)):.1f}" for workload in workloads]
        print(f"| {' '.join([program, what, *more])} | {' | '.join(cells)} |")
    print()
    print("| ratio (asked) | " + " | ".join(workloads) + " |")
    print("|---|" + "---|" * len(workloads))
    found = {workload: ratios(bench, workload) for workload in workloads}
    for row, asked in ASKED.items():
        cells = [f"{found[workload][row]:.2f} ({asked[workload]})" for workload in workloads]
        print(f"| {row} | {' | '.join(cells)} |")
    print()
    for workload in workloads:
        useful = bench.number(("cantus", "step", workload), "gigaflops")
        operations = 2 * 8208 * 512 * 2048 / 1e6
        ours = operations / bench.number(("cantus", "kernels", workload))
        theirs = operations / bench.number(("pytorch", "product", workload))
        print(
            f"{workload}: useful operations {useful:.0f} GFLOP/s; the product 8208×512×2048 "
            f"{ours:.0f} here and {theirs:.0f} in PyTorch: {useful / max(ours, theirs):.0%}"
        )


def tune(bars: int) -> str:
    """A melody of so many bars of 4/4, as ABC."""
    steps = "CDEFGABc"
    bar = lambda index: "".join(steps[(3 * index + step * step) % 8] for step in range(4))
    lines = [
        "|".join(bar(index) for index in range(start, start + 4)) + "|"
        for start in range(0, bars, 4)
    ]
    return "X:1\nT:Tune\nM:4/4\nL:1/4\nK:C\n" + "\n".join(lines) + "\n"


def cold_start(cantus: Path) -> None:
    times = []
    with tempfile.TemporaryDirectory() as folder:
        melody, out = Path(folder) / "tune.abc", Path(folder) / "out.musicxml"
        melody.write_text(tune(32))
        for _ in range(COLD_STARTS):
            started = time.perf_counter()
            subprocess.run([cantus, "harmonize", melody, "-o", out], check=True, capture_output=True)
            times.append(1e3 * (time.perf_counter() - started))
    times.sort()
    print(
        f"\ncold start to a harmonized file, 32 bars: median {statistics.median(times):.0f} ms, "
        f"{times[0]:.0f} to {times[-1]:.0f}, {COLD_STARTS} times"
    )


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--cantus", type=Path, required=True)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--workloads", default="Q,S,L")
    options = parser.parse_args()
    workloads = options.workloads.split(",")
    bench = Bench(options.cantus.resolve(), options.threads)
    for _ in range(options.rounds):
        for workload in workloads:
            bench.round(workload)
    print_tables(bench, workloads)
    cold_start(options.cantus.resolve())


main()
