"""A sweep under attack: runs, kernels and the supervisor are killed at random, and the result must be the same.

`python tests/crashes.py 24` does it at length; the suite does it with a few runs.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import psutil
from conftest import sentences
from warm import COMMAND


def write_sweep(cwd: Path, sweep_runs: int, encoder: str = "minilm") -> Path:
    "A sweep of runs that take seconds, some with a network and some without."
    words = ["an awful", "a lovely"]
    rows = [f"{words[i % 2]} lunch of {o},{'good' if i % 2 else 'bad'}" for i, o in enumerate(sentences(80))]
    (cwd / "lunch.csv").write_text("\n".join(["text,label", *rows]) + "\n")
    small = dict(
        encoder=encoder, max_length=16, epochs=1, precision="fp32", attention="sdpa", round_trip="none", rank=2
    )
    listed = [small | dict(seed=i) if i % 2 else dict(method="tfidf", split_seed=i) for i in range(sweep_runs)]
    facts = dict(name="crashes", set=dict(dataset="lunch.csv", baselines="none"), list=listed, workers=2, retries=20)
    (cwd / "sweep.yaml").write_text(json.dumps(facts))
    return cwd / "sweep.yaml"


def start(cwd: Path, launch=subprocess.Popen) -> subprocess.Popen:
    "The sweep, or the rest of it."
    environment = os.environ | dict(OMP_NUM_THREADS="1")
    with open(cwd / "sweep.log", "a") as log:
        return launch([COMMAND, "sweep", "sweep.yaml"], cwd=cwd, stdout=log, stderr=log, env=environment)


def attack(cwd: Path, kills: int, supervisors: int, seed: int = 0) -> int:  # how many processes were killed
    "Run the sweep to its end, with so many processes below it killed at random moments, and it itself so often."
    generator, done, process = random.Random(seed), 0, start(cwd)
    ends = generator.sample(range(1, kills), supervisors)
    for kill in range(kills):
        deadline = time.monotonic() + generator.uniform(1, 6)
        while time.monotonic() < deadline and process.poll() is None:
            time.sleep(0.1)
        if process.poll() is not None:
            break
        below = psutil.Process(process.pid).children(recursive=True)
        victim = process if kill in ends or not below else generator.choice(below)
        try:
            os.kill(victim.pid, signal.SIGKILL)
            done += 1
        except ProcessLookupError:
            continue
        if victim is process:
            process.wait(30)
            process = start(cwd)
    while process.wait(240) != 0:  # what failed too often is tried anew
        process = start(cwd)
    return done


def results(cwd: Path) -> dict[str, list[tuple[bytes, bytes]]]:  # of each identity, what each completed run has found
    "What must be the same in every case."
    found: dict[str, list] = {}
    for path in sorted(cwd.glob("reports/*/run.json")):
        record = json.loads(path.read_text())
        if record["status"] == "completed":
            files = [(path.parent / o).read_bytes() for o in ("metrics.json", "predictions.parquet")]
            found.setdefault(record["identity"], []).append(tuple(files))
    return found


def main(sweep_runs: int, kills: int, supervisors: int):
    "Both sweeps, and what they have in common."
    with tempfile.TemporaryDirectory() as quiet, tempfile.TemporaryDirectory() as loud:
        for place in (quiet, loud):
            write_sweep(Path(place), sweep_runs)
        assert start(Path(quiet)).wait(3600) == 0
        killed, began = attack(Path(loud), kills, supervisors), time.monotonic()
        expected, found = results(Path(quiet)), results(Path(loud))
        twice = sum(len(o) > 1 for o in found.values())
        same = sum(found.get(o) == expected[o] for o in expected)
        print(f"{killed} processes killed; {len(found)} of {sweep_runs} runs completed, {twice} of them twice,")
        print(
            f"{same} equal to the undisturbed sweep to the byte ({time.monotonic() - began:.0f} s after the last kill)"
        )
        assert len(found) == same == sweep_runs and not twice


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 24, kills=40, supervisors=2)
