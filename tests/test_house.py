"The rules of the package: the keys of the training notebook, and which module may import which."

import ast
import json
import re
import subprocess
import sys
from configparser import ConfigParser
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from lorasent.config import RunConfig

ROOT = Path(__file__).parents[1]
NOTEBOOKS = ROOT / "nbs"


def code_cells(notebook: Path) -> list[dict]:
    return [
        cell | {"source": "".join(cell["source"])}
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]
        if cell["cell_type"] == "code"
    ]


def training_cells() -> tuple[dict, list[dict]]:
    cells = code_cells(NOTEBOOKS / "pipelines" / "train.ipynb")
    tagged = [cell for cell in cells if "parameters" in cell["metadata"].get("tags", [])]
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
    modules = [path for path in (ROOT / "lorasent").rglob("*.py") if path.name != "config.py"]
    trees = [ast.parse(module.read_text(encoding="utf-8")) for module in modules]
    read = {o.attr for tree in trees for o in ast.walk(tree) if isinstance(o, ast.Attribute)}
    printed = {o.id for cell in story for o in ast.walk(ast.parse(cell["source"])) if isinstance(o, ast.Name)}
    assert not set(RunConfig.model_fields) - read - printed


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


def test_imports_go_downward_only():
    "The contract is in pyproject.toml."
    done = subprocess.run(
        [Path(sys.executable).with_name("lint-imports"), "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout


def test_what_is_imported_is_asked_for():
    "By the package itself or by one of its extras, so that nothing in the wheel needs what only this checkout has."
    settings = ConfigParser(delimiters=["="])
    settings.read(ROOT / "settings.ini", encoding="utf-8")
    groups = [value for name, value in settings["DEFAULT"].items() if name.endswith("requirements")]
    asked = {canonicalize_name(re.match(r"[\w.-]+", o)[0]) for value in groups[:-1] for o in value.split()}
    assert settings["DEFAULT"]["dev_requirements"] == groups[-1]
    asked.add("tokenizers")  # Transformers asks for it
    made_by, missing = packages_distributions(), []
    for path in (ROOT / "lorasent").rglob("*.py"):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            names = [o.name for o in node.names] if isinstance(node, ast.Import) else []
            names += [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            for name in {o.partition(".")[0] for o in names} - sys.stdlib_module_names - {"lorasent"}:
                if not {canonicalize_name(o) for o in made_by.get(name, [])} & asked:
                    missing.append(f"{path.name}: {name}")
    assert not missing


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


@pytest.mark.torch
def test_public_names_are_loaded_when_they_are_asked_for():
    code = "import sys, lorasent; print([o for o in sys.modules if o.startswith('lorasent.')], dir(lorasent))"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout
    assert printed.startswith("[] ") and "SentimentClassifier" in printed
    import lorasent

    assert all(callable(getattr(lorasent, name)) for name in lorasent.__all__)
    with pytest.raises(AttributeError, match="nothing"):
        lorasent.nothing()
