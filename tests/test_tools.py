"The suite itself: an output that is no longer true is named by its cell, and nothing waits for ever."

import json
import shutil
import subprocess
import sys

import export
import figures
import pytest
import stories
from conftest import ROOT, wait_for


@pytest.fixture
def copy(tmp_path, monkeypatch):
    "A notebook elsewhere, in which an output may be changed; gives its cells that show something."

    def made(name: str):
        path = tmp_path / f"{name}.ipynb"
        path.parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / "nbs" / f"{name}.ipynb", path)
        monkeypatch.setattr(stories, "ROOT", tmp_path)
        notebook = json.loads(path.read_text(encoding="utf-8"))
        shown = [cell for cell in notebook["cells"] if cell.get("outputs") and not stories.has(cell, stories.VARIES)]
        return shown, lambda: path.write_text(json.dumps(notebook), encoding="utf-8")

    return made


@pytest.mark.parametrize("name", ["data/texts", "registry", "measure/metrics"])
def test_a_lie_is_named_by_its_cell(copy, name):
    shown, write = copy(name)
    assert stories.run(name).stale == []
    [output, *_] = shown[0]["outputs"]
    texts = output if "text" in output else output["data"]
    kind = "text" if "text" in output else "text/plain"
    texts[kind] = [*texts[kind][:-1], texts[kind][-1] + "!"]
    write()
    [message] = stories.run(name).stale
    assert f"nbs/{name}.ipynb, cell " in message and f"({shown[0]['id']})" in message and "!" in message


def test_an_output_that_is_missing_is_named_and_one_that_varies_is_not(copy):
    shown, write = copy("data/texts")
    shown[0]["outputs"], where = [], shown[0]["id"]
    shown[1]["source"] = ["#| varies: for the sake of this test\n", *shown[1]["source"]]
    shown[1]["outputs"][0]["data"]["text/plain"] = ["something else"]
    write()
    [message] = stories.run("data/texts").stale
    assert f"({where})" in message


def test_a_wait_has_a_deadline():
    with pytest.raises(AssertionError, match="not after 0 seconds"):
        wait_for(lambda: False, seconds=0.2)


@pytest.mark.process
def test_a_test_that_waits_for_ever_is_cut(tmp_path):
    (tmp_path / "test_wait.py").write_text("import threading\ndef test_it(): threading.Event().wait()\n")
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", tmp_path, "--timeout", "1"]
    done = subprocess.run([*command, tmp_path / "test_wait.py"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 1 and "Timeout" in done.stdout


def test_notebooks_are_read_in_small_steps():
    found = figures.figures()
    assert found["exported cells over 15 lines, %"] <= 25 and found["exported cells over 40 lines"] == 0
    assert found["functions over 40 lines"] == 0 and found["public names with an example, %"] >= 80


def test_a_patched_function_becomes_a_method(tmp_path):
    path = tmp_path / "module.py"
    path.write_text(
        "# %% 1\nclass A:\n    x = 1\n\n# %% 2\n@patch\ndef twice(self: A, by: int = 2) -> int:\n"
        "    return by * self.x\n\n"
        "# %% 3\n@patch(as_prop=True)\ndef y(self: A) -> int:\n    return self.x\n\n# %% 4\nclass B(A):\n    x = 5\n"
    )
    export.merge_methods(path)
    made = {}
    exec(path.read_text(), made)
    assert "patch" not in path.read_text() and "def twice(self, by: int = 2)" in path.read_text()
    assert made["A"]().twice() == 2 and made["B"]().y == 5
