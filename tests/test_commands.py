"Every command that the README and the docs tell people to type is typed, in its order, on sixty rows."

import itertools
import json
import os
import re
import shlex
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import warm
import yaml
from conftest import ROOT, call, python, run_folders, sentences

from lorasent.config import load_config

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
FEW = dict(limit=60, min_steps=0, round_trip="none", baselines="none")  # what takes the time, and is tried elsewhere

# What a command has in its page -> what it has here.
HERE = {
    "3e-4 1e-3 3e-3": "1e-3",  # one round of the loop
    "--set dataset=Sp1786/multiclass-sentiment-analysis-dataset": "--set dataset=reviews.csv",  # the hub
    "--set validation_size=0.05 --set epochs=2": "--set validation_size=0.1",
    "--set label_column=sentiment --set train_split=validation": "--set text_column=review --set label_column=stars",
    "/models/distilbert-base-uncased": "distilbert",
    "path/to/adapter": "adapter",
    "s3://bucket/reports": "bucket",
    "--to onnx-int8 --output classifier #": "--to merged --output classifier #",  # elsewhere.md has it
    "seeds=3": "seeds=2",
    "processes=4": "processes=2",
    "layers=top-3": "layers=top-1",  # the encoder here has two
    "encoder=microsoft/deberta-v3-small": "encoder=distilbert",
    "encoder=Qwen/Qwen3-0.6B": "encoder=distilbert",
}
# Commands that are tried elsewhere, or cannot be tried here.
ELSEWHERE = {
    r"make (demo|test|check|outputs|export|readme|docs|measure|dist|lab)\b": "targets, of which CI runs demo and test",
    r"uv |\.venv-oldest/": "another environment, from the network",
    r"pip install .* @ file:": "test_wheel.py",
    r"--cluster tcp://scheduler": "test_cluster.py",
}


def blocks(page: Path, language: str) -> list[str]:
    "The code blocks of a page."
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def is_elsewhere(line: str) -> bool:
    return any(re.match(pattern, line) or (pattern.startswith("--") and pattern in line) for pattern in ELSEWHERE)


def typed(page: Path) -> list[str]:
    "What is typed here for a page: its blocks of commands, as far as they can be run."
    found = []
    for block in blocks(page, "sh"):
        lines = [line for line in block.replace("\\\n", " ").splitlines() if not is_elsewhere(line)]
        text = "\n".join(re.sub(r" +", " ", line) for line in lines)
        for facts, here in HERE.items():
            text = text.replace(facts, here)
        found += [text] if text.strip() else []
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda o: o.name)
def test_targets_of_make_are_there(page):
    made = set(re.findall(r"^(\w[\w-]*):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    asked = {words[1] for o in blocks(page, "sh") for line in o.splitlines() if (words := line.split())[:1] == ["make"]}
    assert asked <= made


@pytest.mark.parametrize("page", PAGES, ids=lambda o: o.name)
def test_files_of_sweeps_are_well_formed(page, tmp_path):
    from lorasent.studies.plan import read_plan

    for text in blocks(page, "yaml"):
        if {"grid", "list", "search"} & yaml.safe_load(text).keys():
            (tmp_path / "some.yaml").write_text(text)
            plan = read_plan(tmp_path / "some.yaml")
            assert plan.runs or plan.search


def write_command(path: Path, text: str):
    path.write_text(text)
    path.chmod(path.stat().st_mode | stat.S_IEXEC)


@pytest.fixture(scope="module")
def place(tmp_path_factory, distilbert):
    "A folder with what the pages take for granted: a file, an encoder, some runs, files of sweeps."
    here = tmp_path_factory.mktemp("place")
    rows = [(f"A {'fine' if i % 2 else 'bad'} {o}", "good" if i % 2 else "bad") for i, o in enumerate(sentences(60))]
    table = "\n".join(["text,label,review,stars", *(f"{o},{label},{o},{label}" for o, label in rows)])
    (here / "reviews.csv").write_text(table)
    shutil.copytree(distilbert, here / "distilbert")
    # On the path: the commands themselves, with few rows.
    few = shlex.join(["--set", *(f"{name}={value}" for name, value in FEW.items())])
    (here / "bin").mkdir()
    warm.write_command(here / "bin" / "warm")
    write_command(
        here / "bin" / "lorasent",
        f"""#!/bin/sh
case "$*" in
    "data suspects"*) set -- "$@" --folds 2 --set min_steps=0;;
    train*encoder=*) set -- "$@" {few};;
    train*method=tfidf*|train*method=majority*) set -- "$@" {few};;
    train*method=*|train*seeds=*|train*processes=*) set -- "$@" {few} "encoder={here / "distilbert"}" max_length=16;;
    train*) set -- "$@" {few} method=tfidf;;  # where no network is asked for
esac
exec "{here / "bin" / "warm"}" "$@"
""",
    )
    parameters = " ".join(f"-p {name} {value}" for name, value in FEW.items())
    papermill = Path(sys.executable).with_name("papermill")
    write_command(here / "bin" / "papermill", f'#!/bin/sh\nexec "{papermill}" "$@" {parameters}\n')
    settings = [f"{name}={value}" for name, value in FEW.items()]
    plain = ["method=lora", "pooling=pooler"]  # with the head that plain PEFT loads
    for name, method in {"one": ["method=tfidf"], "two": ["method=majority"], "demo": plain}.items():
        chosen = [part for setting in method for part in ("--set", setting)]
        made = call("train", "reviews.csv", "--preset", "demo", "--name", name, *chosen, *settings, cwd=here)
        assert made.code == 0, made.err
    [demo] = [folder for folder in run_folders(here) if folder.name.startswith("demo")]
    shutil.copytree(demo / "adapter", here / "adapter", ignore=shutil.ignore_patterns("lorasent.json"))  # as PEFT's
    shutil.copytree(here / "reports", here / "bucket")
    base = dict(preset="demo", set=FEW | dict(dataset="reviews.csv"))
    base["set"]["method"] = "tfidf"
    (here / "rates.yaml").write_text(json.dumps(base | dict(grid=dict(show_texts=[True, False]))))
    listed = [dict(name="votes", method="majority"), dict(name="words", method="tfidf")]
    (here / "five.yaml").write_text(json.dumps(base | dict(list=listed)))
    return here


def asked(line: str) -> tuple:
    "What a command asks for: its words, options and keys without their values, sizes and names."
    words = shlex.split(line, comments=True)
    grouped = {"data", "runs", "cache"} & set(words[1:2])
    options = {word for word in words if word.startswith("-")} | {
        word.partition("=")[0] for word in words if re.match(r"\w+=", word)
    }
    forms = {after for option, after in itertools.pairwise(words) if option == "--to"}
    return (*words[: 3 if grouped else 2], *sorted((options | forms) - {"name", "limit", "epochs", "--name", "--set"}))


def blocks_of_all_pages() -> list:
    "Every block of commands that asks for something which no block before it has asked for."
    found, seen = [], set()
    for page in PAGES:
        for i, block in enumerate(typed(page)):
            wanted = {asked(line) for line in block.splitlines()} - {()}
            if not wanted <= seen:
                found.append(pytest.param(block, id=f"{page.name} {i}"))
            seen |= wanted
    return found


@pytest.mark.train
@pytest.mark.xdist_group("commands")  # they share a place
@pytest.mark.parametrize("block", blocks_of_all_pages())
def test_every_command_works(block, place, tmp_path):
    here = tmp_path / "a folder"
    shutil.copytree(place, here)
    facts = dict(PATH=f"{here / 'bin'}:{os.environ['PATH']}", BROWSER="true")
    shell = subprocess.run(
        ["sh", "-e", "-c", block], cwd=here, env=os.environ | facts, capture_output=True, text=True, timeout=500
    )
    assert shell.returncode == 0 and "Traceback" not in shell.stderr, (shell.stdout[-500:], shell.stderr)


@pytest.mark.train
@pytest.mark.xdist_group("commands")
def test_the_readmes_python_works(place, tmp_path):
    few = ", ".join(f"{name}={value!r}" for name, value in FEW.items())
    [text] = blocks(ROOT / "README.md", "python")
    assert text.count("epochs=2") == 1
    program = text.replace("epochs=2", f"epochs=1, {few}")
    done = python(program, cwd=tmp_path)
    assert done.code == 0, done.err
    assert len(run_folders(tmp_path)) == 1


def test_the_configuration_of_every_training_command_is_known():
    "Also where it is not run here."
    for page in PAGES:
        for line in (o for block in blocks(page, "sh") for o in block.replace("\\\n", " ").splitlines()):
            words = shlex.split(line, comments=True)
            if words[:2] == ["lorasent", "train"]:
                load_config(settings=[word for word in words if re.fullmatch(r"\w+=.*", word)])
