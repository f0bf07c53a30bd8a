"Every command that the README and the docs tell people to type: known, well formed, and those of the tour done."

import os
import re
import shlex
import stat
import subprocess
from pathlib import Path

import pytest
import yaml
from conftest import COMMAND, ROOT, sentences
from typer.main import get_command

from lorasent.cli import _spread, app
from lorasent.config import load_config

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    "The code blocks of a page."
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)


def commands(page: Path) -> list[list[str]]:
    "The commands of a page, as words."
    lines = [line for o in blocks(page, "sh") for line in o.replace("\\\n", " ").splitlines()]
    return [words for line in lines if (words := shlex.split(line.replace("…", ""), comments=True))]


@pytest.mark.parametrize("page", PAGES, ids=lambda o: o.name)
def test_commands_are_well_formed(page):
    for words in commands(page):
        if words[0] == "make":
            assert re.search(rf"^{words[1]}:", (ROOT / "Makefile").read_text(), re.MULTILINE), words
        elif words[0] == "lorasent":
            command, rest = get_command(app), _spread([o.replace("s3://", "memory://") for o in words[1:]])
            while rest and rest[0] in getattr(command, "commands", {}):
                command, rest = command.commands[rest[0]], rest[1:]
            told = command.make_context(" ".join(words), list(rest)).params  # raises for what is not known
            if words[1] == "train":
                load_config(told["preset"], None, [o for o in told["set_"] or [] if "$" not in o])


@pytest.mark.parametrize("page", PAGES, ids=lambda o: o.name)
def test_files_of_sweeps_are_well_formed(page, tmp_path):
    from lorasent.runs.sweep import read_plan

    for text in blocks(page, "yaml"):
        if {"grid", "list", "search"} & yaml.safe_load(text).keys():
            (tmp_path / "some.yaml").write_text(text)
            plan = read_plan(tmp_path / "some.yaml")
            assert plan.members or plan.search


@pytest.mark.slow
def test_the_tour_can_be_done(tmp_path):
    "As it stands there, but for the number of rows, which is what takes the time."
    rows = [f"A {'fine' if i % 2 else 'bad'} {o},{'good' if i % 2 else 'bad'}" for i, o in enumerate(sentences(60))]
    (tmp_path / "reviews.csv").write_text("\n".join(["review,stars", *rows]))
    shim = tmp_path / "bin" / "lorasent"
    shim.parent.mkdir()
    few = "--set limit=60 proof=none"
    shim.write_text(f'#!/bin/sh\nif [ "$1" = train ]; then exec "{COMMAND}" "$@" {few}; fi\nexec "{COMMAND}" "$@"\n')
    shim.chmod(shim.stat().st_mode | stat.S_IEXEC)
    environment = os.environ | dict(PATH=f"{shim.parent}:{os.environ['PATH']}", BROWSER="true")
    for block in blocks(ROOT / "docs" / "tour.md", "sh"):
        told = dict(cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300)
        done = subprocess.run(["sh", "-e", "-c", block], **told)
        assert done.returncode == 0, (block, done.stderr)
    assert (tmp_path / "labelled.csv").exists() and list(tmp_path.glob("reports/compare-*/report.html"))
