"The wheel that is made from the source archive, installed away from the checkout, has everything that a run needs."

import os
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = [pytest.mark.process, pytest.mark.filterwarnings("ignore")]


def test_a_run_from_the_wheel(small, tmp_path):
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    build = [sys.executable, "-m", "build", "--outdir", tmp_path / "dist", ROOT]
    subprocess.run(build, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    assert list((tmp_path / "dist").glob("lorasent-*.tar.gz"))
    [wheel] = (tmp_path / "dist").glob("*.whl")
    subprocess.run(
        [*pip, "install", "--no-deps", "--target", tmp_path / "site", wheel], check=True, stdin=subprocess.DEVNULL
    )
    environment = os.environ | {"PYTHONPATH": str(tmp_path / "site")}
    where = subprocess.run(
        [sys.executable, "-c", "import lorasent; print(lorasent.__file__)"],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert Path(where.stdout.strip()).is_relative_to(tmp_path / "site")
    run = subprocess.run(
        [sys.executable, "-c", "from lorasent.cli import main; main()", *small],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    assert list(tmp_path.glob("reports/small-*/report.html"))
