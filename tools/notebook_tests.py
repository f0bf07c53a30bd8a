"""The test cells of the notebooks as modules for pytest.

A cell marked `#| test` holds a test function and the call that runs it in the notebook. Its function is copied, with
the imports that it needs; what it needs of the notebook's examples comes from `stories`, which runs the notebook once.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path

from stories import bound, needs


def used(tree: ast.AST) -> set[str]:
    "The names that a piece of code reads."
    return {o.id for o in ast.walk(tree) if isinstance(o, ast.Name) and isinstance(o.ctx, ast.Load)}


def free(tree: ast.AST) -> set[str]:
    "The names that the functions of a piece of code read from outside themselves."
    local = {o.id for o in ast.walk(tree) if isinstance(o, ast.Name) and isinstance(o.ctx, ast.Store)}
    return used(tree) - local - {o.arg for o in ast.walk(tree) if isinstance(o, ast.arg)}


def imports(tree: ast.AST) -> dict[str, str]:
    "Name -> the statement that imports it, for what a cell imports at its top level."
    found = {}
    for node in tree.body:
        for o in getattr(node, "names", []) if isinstance(node, ast.Import | ast.ImportFrom) else []:
            head = f"from {node.module} import " if isinstance(node, ast.ImportFrom) else "import "
            found[(o.asname or o.name).split(".")[0]] = head + o.name + (f" as {o.asname}" if o.asname else "")
    return found


class Cells:
    "The code cells of a notebook, as a test module needs them."

    def __init__(self, path: Path):
        cells = [cell for cell in json.loads(path.read_text(encoding="utf-8"))["cells"] if cell["cell_type"] == "code"]
        self.sources = ["".join(cell["source"]) for cell in cells]
        self.trees = [ast.parse(source) for source in self.sources]
        self.module = next((m[1] for source in self.sources if (m := re.match(r"#\| default_exp (\S+)", source))), None)
        self.tests = [i for i, o in enumerate(self.sources) if re.search(r"^#\| test\b", o, re.MULTILINE)]
        self.needs = needs(path)
        self.exports = [i for i, o in enumerate(self.sources) if o.startswith("#| export")]

    def examples(self) -> set[str]:
        "The names of the examples that the tests read."
        wanted, found = set().union(*(free(self.trees[i]) for i in self.tests)), set()
        for i in set(range(len(self.trees))) - {*self.tests, *self.exports}:
            found |= bound(self.trees[i]) - imports(self.trees[i]).keys()
        return (wanted & found) - set().union(*(bound(self.trees[i]) for i in self.tests))

    def head(self, names: set[str]) -> list[str]:
        "The imports of some names: from where the notebook has them, or from the module that it makes."
        lines, found = [], {}
        for i, tree in enumerate(self.trees):
            if i in self.exports:
                found |= {o: f"from lorasent.{self.module} import {o}" for o in bound(tree)}
            found |= imports(tree)
        lines += [found[o] for o in sorted(names & found.keys())]
        return sorted(lines)


def function(source: str) -> str:
    "A test cell without its directives and without the calls that run it in the notebook."
    marks = "".join(f"@pytest.mark.{o}\n" for o in re.search(r"^#\| test\b(.*)", source, re.MULTILINE)[1].split())
    tree = ast.parse(source)
    lines = source.split("\n")
    kept = [o for o in tree.body if not (isinstance(o, ast.Expr) and isinstance(o.value, ast.Call))]
    parts = [
        "\n".join(lines[min([o.lineno, *(d.lineno for d in getattr(o, "decorator_list", []))]) - 1 : o.end_lineno])
        for o in kept
    ]
    tests = [isinstance(o, ast.FunctionDef) and o.name.startswith("test_") for o in kept]
    return "\n\n\n".join((marks if is_test else "") + part for is_test, part in zip(tests, parts))


def module_text(path: Path, name: str) -> str | None:
    "The test module of a notebook; None where it has no tests."
    cells = Cells(path)
    if not cells.tests:
        return None
    tests, examples = [function(cells.sources[i]) for i in cells.tests], sorted(cells.examples())
    setup = ""
    if examples:
        taken, asked = ", ".join(examples), ", ".join(f'"{example}"' for example in examples)
        setup = (
            '@pytest.fixture(scope="module", autouse=True)\ndef examples():\n'
            '    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."\n'
            f'    global {taken}\n    [{taken}] = story("{name}").take({asked})\n\n\n'
        )
    names = set().union(*(used(cells.trees[i]) for i in cells.tests))
    own = ["import pytest", *(["from stories import story"] if examples else [])]
    head = "\n".join(dict.fromkeys([*own, *cells.head(names - set(examples))]))
    marks = ", ".join([f'pytest.mark.xdist_group("{name}")', *(f"pytest.mark.{need}" for need in cells.needs)])
    note = f'"Written from nbs/{name}.ipynb by `make export`: edit there."'
    return "\n\n".join([note, head, f"pytestmark = [{marks}]", "", setup + "\n\n\n".join(tests)]) + "\n"


def write_tests(root: Path):
    "A test module for every notebook that has test cells, formatted; what is no longer made is removed."
    folder, made = root / "tests" / "notebooks", set()
    folder.mkdir(exist_ok=True)
    for path in sorted((root / "nbs").rglob("*.ipynb")):
        name = path.relative_to(root / "nbs").with_suffix("").as_posix()
        text = None if ".ipynb_checkpoints" in path.parts else module_text(path, name)
        if text is not None:
            made.add(folder / f"test_{name.replace('/', '_')}.py")
            (folder / f"test_{name.replace('/', '_')}.py").write_text(text, encoding="utf-8")
    for old in set(folder.glob("test_*.py")) - made:
        old.unlink()
    for command in (["check", "--select", "I", "--fix"], ["format"]):
        subprocess.run(
            [sys.executable, "-m", "ruff", *command, "--no-cache", "--quiet", str(folder)], cwd=root, check=True
        )
