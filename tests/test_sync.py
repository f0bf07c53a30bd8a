"The notebooks are the source: clean, exported, and the README made from them."

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def content(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        and "__pycache__" not in path.parts
        and ".ipynb_checkpoints" not in path.parts
        and path.name != ".last_checked"
    }


@pytest.fixture
def copy(tmp_path) -> Path:
    "The parts of the repository that the export works on, so that a check changes nothing."
    for name in ("settings.ini", "pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / name, tmp_path)
    for name in ("nbs", "lorasent", "tests/notebooks"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints")
        )
    return tmp_path


def test_export_leaves_no_diff(copy):
    "Modules, parameters cell, tests and clean notebooks."
    before = content(copy)
    subprocess.run([sys.executable, ROOT / "tools" / "export.py", copy], check=True)
    after = content(copy)
    changed = sorted(o for o in before.keys() | after.keys() if before.get(o) != after.get(o))
    assert not changed, f"run `make export` and commit what it changes: {', '.join(changed)}"


def test_readme_is_the_index_notebook(tmp_path):
    subprocess.run(
        [
            sys.executable,
            "-m",
            "nbconvert",
            "--to",
            "markdown",
            ROOT / "nbs" / "index.ipynb",
            "--output-dir",
            tmp_path,
            "--output",
            "README",
        ],
        check=True,
        capture_output=True,
    )
    assert (tmp_path / "README.md").read_text() == (ROOT / "README.md").read_text(), "run `make readme`"


def clean(cwd: Path):
    subprocess.run([Path(sys.executable).with_name("nbdev_clean")], cwd=cwd, check=True, stdin=subprocess.DEVNULL)


def test_the_parameters_tag_survives_nbdev_clean(copy):
    notebook = copy / "nbs" / "pipelines" / "train.ipynb"
    assert '"parameters"' in notebook.read_text()
    clean(copy)
    assert '"parameters"' in notebook.read_text()
    settings = copy / "settings.ini"  # without the setting it would be gone: the test can fail
    settings.write_text(settings.read_text().replace("allowed_cell_metadata_keys = tags", ""))
    clean(copy)
    assert '"parameters"' not in notebook.read_text()
