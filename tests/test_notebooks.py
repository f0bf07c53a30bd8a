"Every notebook runs from top to bottom, on its small path. Its test cells are run as tests/notebooks/ by themselves."

import os
import sys
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from nbdev.test import test_nb as run_notebook

ROOT = Path(__file__).parents[1] / "nbs"
NOTEBOOKS = sorted(o.relative_to(ROOT).as_posix() for o in ROOT.rglob("*.ipynb") if ".ipynb_checkpoints" not in o.parts)


@pytest.fixture
def alone(monkeypatch, tmp_path):
    "What a notebook sets must not reach the next test."
    monkeypatch.delenv("LORASENT_FULL", raising=False)
    monkeypatch.setenv("LORASENT_REPORTS", str(tmp_path / "reports"))
    before = dict(os.environ), list(sys.path)
    yield
    os.environ.clear()
    os.environ.update(before[0])
    sys.path[:] = before[1]
    InteractiveShell._instance = None  # or results would show themselves as in a notebook


@pytest.mark.slow
@pytest.mark.parametrize("name", NOTEBOOKS)
def test_runs(name, alone):
    done, _ = run_notebook(ROOT / name, skip_flags=["notest", "test"])
    assert done, "the traceback stands in the captured standard error"
