"""Several commands at once in one folder of runs: whoever holds a run is alone, no record lies, and nothing is lost.

Each pair of commands comes at random moments, and four and eight at once. LORASENT_FUZZ=100 makes a hundred rounds.
"""

import itertools
import json
import os
import random
import shutil
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import answer_of, call, sentences, settings, start

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("holders")]

ROUNDS = int(os.environ.get("LORASENT_FUZZ", "1"))
ROWS = [f"{text},{'ab'[i % 2]}" for i, text in enumerate(sentences(60))]
COMMANDS = dict(  # `number` is that of the process, so that each has a tag and a note of its own
    train="train rows.csv --name other --set method=majority baselines=none",
    resume="resume small",
    rm="runs rm small --yes",
    tag="runs tag small tag{number}",
    settle="runs",
    predict="predict done --input rows.csv --output answers.csv --overwrite",
)
PAIRS = [*itertools.combinations_with_replacement(COMMANDS, 2)]


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    "A folder with a run that has ended, and one of which a killed process has left half."
    cwd = tmp_path_factory.mktemp("left")
    (cwd / "rows.csv").write_text("\n".join(["text,label", *ROWS]) + "\n")
    for name in ("done", "small"):
        words = ["train", "rows.csv", "--name", name, *settings(method="majority", baselines="none")]
        assert call(*words, cwd=cwd).code == 0
    [run] = cwd.glob("reports/small-*")
    record = json.loads((run / "run.json").read_text())
    (run / "run.json").write_text(json.dumps(record | dict(status="running", process=dict(pid=1, started=0.0))))
    (run / "manifest.json").unlink()
    return cwd


def at_once(names, cwd: Path, chance: random.Random) -> list:
    "What the commands answer that begin one after the other, after moments of chance."
    begun = []
    for number, name in enumerate(names):
        begun.append(start(*COMMANDS[name].format(number=number).split(), cwd=cwd))
        time.sleep(chance.choice([0, chance.uniform(0, 0.3), chance.uniform(0, 2)]))
    return [answer_of(process, cwd) for process in begun]


def check(names, answers, cwd: Path):
    "What must be so when all of them have ended, in whatever order they came."
    said = [(name, answer.code, answer.err) for name, answer in zip(names, answers)]
    for answer in answers:
        assert answer.code in (0, 2), said
        assert "Traceback" not in answer.out + answer.err and (not answer.code or answer.err.count("\n") == 1), said
    ended = [name for name, answer in zip(names, answers) if answer.code == 0]
    assert ended.count("train") == names.count("train") and ended.count("settle") == names.count("settle"), said
    assert ended.count("resume") <= 1 and ended.count("rm") <= 1, said
    runs = [path.parent for path in cwd.glob("reports/*/run.json")]
    kept = [*(run for run in runs if run.name.startswith("small")), *cwd.glob("reports/.trash/small-*")]
    assert len(kept) == 1 and (".trash" in kept[0].parts) == ("rm" in ended), said
    record = json.loads((kept[0] / "run.json").read_text())
    assert record["status"] in ("completed", "interrupted", "running"), said
    assert record["status"] == "completed" or "resume" not in ended, said
    about = json.loads((kept[0] / "about.json").read_text()) if (kept[0] / "about.json").exists() else {}
    tags = {f"tag{i}" for i, (name, answer) in enumerate(zip(names, answers)) if name == "tag" and answer.code == 0}
    assert tags == set(about.get("tags", [])), said
    for run in runs:
        if json.loads((run / "run.json").read_text())["status"] == "completed":
            assert call("check", run.name, cwd=cwd).code == 0, (run.name, said)
    if "predict" in names:
        assert "predict" in ended and len(pd.read_csv(cwd / "answers.csv")) == len(ROWS), said
    assert not [*cwd.glob("*.parts")] and not [*cwd.rglob("*.tmp")], said


@pytest.mark.parametrize("names", [*PAIRS, 4, 8], ids=lambda o: o if isinstance(o, int) else " and ".join(o))
def test_commands_at_once(names, left, tmp_path):
    for seed in range(ROUNDS):
        chance = random.Random(f"{names} {seed}")
        chosen = chance.choices([*COMMANDS], k=names) if isinstance(names, int) else list(names)
        cwd = shutil.copytree(left, tmp_path / str(seed))
        check(chosen, at_once(chosen, cwd, chance), cwd)
        shutil.rmtree(cwd)
