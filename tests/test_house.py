"The rules of the house: what the training notebook is told, and who may import whom."

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from lorasent.config import RunConfig

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "nbs"


def code_cells(notebook: Path) -> list[dict]:
    return [
        o | {"source": "".join(o["source"])}
        for o in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if o["cell_type"] == "code"
    ]


def training_cells() -> tuple[dict, list[dict]]:
    cells = code_cells(NOTEBOOKS / "runs" / "train.ipynb")
    tagged = [o for o in cells if "parameters" in o["metadata"].get("tags", [])]
    assert len(tagged) == 1
    return tagged[0], cells[cells.index(tagged[0]) + 1 :]


def test_the_notebooks_parameters_are_the_configuration():
    cell, _ = training_cells()
    parameters = {o.targets[0].id: ast.literal_eval(o.value) for o in ast.parse(cell["source"]).body}
    assert parameters == RunConfig().model_dump()
    assert list(parameters) == list(RunConfig.model_fields)


def test_no_parameter_is_without_effect():
    "Each is read by a step from its group, or by the story from the parameters cell."
    _, story = training_cells()
    modules = [o for o in (NOTEBOOKS.parent / "lorasent").rglob("*.py") if o.name != "config.py"]
    trees = [ast.parse(o.read_text(encoding="utf-8")) for o in modules]
    read = {o.attr for tree in trees for o in ast.walk(tree) if isinstance(o, ast.Attribute)}
    told = {o.id for cell in story for o in ast.walk(ast.parse(cell["source"])) if isinstance(o, ast.Name)}
    assert not set(RunConfig.model_fields) - read - told


def test_no_parameter_is_overwritten():
    "Otherwise a cell of the notebook could not be run twice."
    _, story = training_cells()
    bound = {
        o.id
        for cell in story
        for o in ast.walk(ast.parse(cell["source"]))
        if isinstance(o, ast.Name) and isinstance(o.ctx, ast.Store)
    }
    assert not bound & set(RunConfig.model_fields)


def module_numbers() -> dict[str, int]:
    "Module -> number of its notebook."
    found = {}
    for notebook in NOTEBOOKS.glob("[0-9]*.ipynb"):
        default = re.search(
            r"^#\| default_exp (\w+)$", "\n".join(o["source"] for o in code_cells(notebook)), re.MULTILINE
        )
        found[default[1]] = int(notebook.name[:2])
    return found


def test_a_notebook_imports_only_from_lower_numbers():
    numbers = module_numbers()
    assert len(set(numbers.values())) == len(numbers) > 10
    for module, number in numbers.items():
        tree = ast.parse((NOTEBOOKS.parent / "lorasent" / f"{module}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            names = (
                [node.module]
                if isinstance(node, ast.ImportFrom)
                else [o.name for o in node.names]
                if isinstance(node, ast.Import)
                else []
            )
            for name in names:
                other = (name or "").removeprefix("lorasent.")
                assert other not in numbers or numbers[other] < number, (
                    f"{module} ({number}) imports {other} ({numbers[other]})"
                )


def test_help_needs_no_heavy_library():
    "`lorasent --help` answers at once because none of these is imported for it."
    heavy = ["torch", "transformers", "datasets", "pandas", "matplotlib"]
    code = f"import sys, lorasent.cli; print([o for o in {heavy} if o in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout.strip() == "[]"


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=lambda o: o[0])
def test_ruff(command):
    "Lines of at most 120, a statement a line, no unused imports; in notebooks too."
    done = subprocess.run([sys.executable, "-m", "ruff", *command, ROOT], capture_output=True, text=True)
    assert done.returncode == 0, done.stdout
