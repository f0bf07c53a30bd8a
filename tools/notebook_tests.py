"""The test cells of the notebooks as modules for pytest.

A cell marked `#| test` holds a test function and the call that runs it in the notebook. Its function is copied, and
with it what it hangs on: imports at the head, the examples of the notebook in a fixture that runs once.
"""

import ast
import json
import re
import subprocess
import sys
from pathlib import Path


def bound(tree: ast.AST) -> set[str]:
    "The names that a piece of code gives a value to at its top level."
    found = set()
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found.add(node.name)
            continue
        for o in ast.walk(node):
            if isinstance(o, ast.Name) and isinstance(o.ctx, ast.Store):
                found.add(o.id)
            if isinstance(o, ast.alias):
                found.add((o.asname or o.name).split(".")[0])
    return found


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


class Story:
    "The code cells of a notebook, as a test module needs them."

    def __init__(self, path: Path):
        cells = [o for o in json.loads(path.read_text(encoding="utf-8"))["cells"] if o["cell_type"] == "code"]
        self.sources = ["".join(o["source"]) for o in cells]
        self.trees = [ast.parse(o) for o in self.sources]
        self.module = next((m[1] for o in self.sources if (m := re.match(r"#\| default_exp (\S+)", o))), None)
        self.tests = [i for i, o in enumerate(self.sources) if re.search(r"^#\| test\b", o, re.MULTILINE)]
        self.exports = [i for i, o in enumerate(self.sources) if o.startswith("#| export")]

    def needed(self) -> list[int]:
        "The examples that the tests hang on, directly or through others, in their order."
        kept, wanted = set(), {i: free(self.trees[i]) for i in self.tests}
        while wanted:
            place, names = wanted.popitem()
            for i in range(place):
                plain = i not in self.tests and i not in self.exports and i not in kept
                if plain and bound(self.trees[i]) & names and not self.only_imports(i):
                    kept.add(i)
                    wanted[i] = used(self.trees[i])
        return sorted(kept)

    def only_imports(self, i: int) -> bool:
        "Whether a cell does nothing but import."
        return all(isinstance(o, ast.Import | ast.ImportFrom) for o in self.trees[i].body)

    def head(self, names: set[str]) -> list[str]:
        "The imports of some names: from where the notebook has them, or from the module that it makes."
        lines, found = [], {}
        for i, tree in enumerate(self.trees):
            if i in self.exports:
                found |= {o: f"from lorasent.{self.module} import {o}" for o in bound(tree)}
            found |= imports(tree)
        lines += [found[o] for o in sorted(names & found.keys())]
        return sorted(lines)


def without_imports(source: str, tree: ast.AST) -> str:
    "An example cell as the body of a fixture: no directives, and no imports, which stand at the head."
    gone = {
        i for o in tree.body if isinstance(o, ast.Import | ast.ImportFrom) for i in range(o.lineno, o.end_lineno + 1)
    }
    kept = [o for i, o in enumerate(source.split("\n"), 1) if i not in gone and not o.startswith("#|")]
    return "\n".join("    " + o if o else o for o in kept)


def function(source: str) -> str:
    "A test cell without its directives and without the calls that run it in the notebook."
    slow = re.search(r"^#\| test slow", source, re.MULTILINE)
    tree = ast.parse(source)
    lines = source.split("\n")
    kept = [o for o in tree.body if not (isinstance(o, ast.Expr) and isinstance(o.value, ast.Call))]
    parts = [
        "\n".join(lines[min([o.lineno, *(d.lineno for d in getattr(o, "decorator_list", []))]) - 1 : o.end_lineno])
        for o in kept
    ]
    return "\n\n\n".join(("@pytest.mark.slow\n" if slow else "") + o for o in parts)


def module_text(path: Path, name: str) -> str | None:
    "The test module of a notebook; None where it has no tests."
    story = Story(path)
    if not story.tests:
        return None
    needed, tests = story.needed(), [function(story.sources[i]) for i in story.tests]
    names = set().union(*(used(story.trees[i]) for i in [*needed, *story.tests]))
    setup = ""
    if needed:
        free = sorted(set().union(*(bound(story.trees[i]) - imports(story.trees[i]).keys() for i in needed)))
        body = "\n".join(without_imports(story.sources[i], story.trees[i]) for i in needed)
        setup = (
            '@pytest.fixture(scope="module", autouse=True)\ndef story():\n'
            f'    "The examples of the notebook that the tests hang on."\n    global {", ".join(free)}\n{body}\n\n\n'
        )
    head = "\n".join(dict.fromkeys(["import pytest", *story.head(names)]))
    group = f'pytestmark = pytest.mark.xdist_group("{name}")'
    told = f'"Written from nbs/{name}.ipynb by `make export`: edit there."'
    return "\n\n".join([told, head, group, "", setup + "\n\n\n".join(tests)]) + "\n"


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
