"""Write everything that is made from others: modules and tests from notebooks, the parameters cell of the training
notebook from the configuration, and the tested versions from constraints.txt.

Run as `make export`, or with the root of a checkout as the argument; a test runs it on a copy and finds no difference.
"""

import ast
import json
import os
import re
import subprocess
import sys
from configparser import ConfigParser
from pathlib import Path

from notebook_tests import write_tests
from packaging.utils import canonicalize_name
from stories import is_noise, is_patch

TRAINING = "nbs/pipelines/train.ipynb"


def nbdev(command: str, root: Path):
    "Run one of nbdev's commands on a checkout."
    subprocess.run([Path(sys.executable).with_name(command)], cwd=root, check=True, stdin=subprocess.DEVNULL)


def parameters(root: Path) -> str:
    "The parameters cell: a line a field, with its default and its description, from the modules of this checkout."
    code = "import json; from lorasent.config import RunConfig, field_table; " + (
        "print(json.dumps([[o['name'], repr(RunConfig.model_fields[o['name']].default), o['description']] "
        "for o in field_table()]))"
    )
    printed = subprocess.run(
        [sys.executable, "-c", code],
        cwd=root,
        check=True,
        capture_output=True,
        text=True,
        env=os.environ | {"PYTHONPATH": str(root)},
    )
    quoted = [(name, default.replace("'", '"'), what) for name, default, what in json.loads(printed.stdout)]
    lines = [f"{name} = {default}  # {what}" for name, default, what in quoted]
    return "\n".join(["# fmt: off", *lines])  # a line a key, however long


def read(path: Path) -> dict:
    "A notebook."
    return json.loads(path.read_text(encoding="utf-8"))


def write(path: Path, notebook: dict):
    "A notebook as nbdev writes it, so that nothing changes but what is meant to."
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n", encoding="utf-8")


def write_parameters(root: Path):
    "Put the fields of `RunConfig` into the cell that papermill overrides."
    notebook = read(root / TRAINING)
    [cell] = [o for o in notebook["cells"] if "parameters" in o["metadata"].get("tags", [])]
    cell["source"] = parameters(root).splitlines(keepends=True)
    write(root / TRAINING, notebook)


def write_tested(root: Path):
    "The versions that were tested, of the packages that are asked for: what `lorasent doctor` compares with."
    settings = ConfigParser(delimiters=["="])
    settings.read(root / "settings.ini", encoding="utf-8")
    asked = [
        value for name, value in settings["DEFAULT"].items() if name.endswith("requirements") and "dev" not in name
    ]
    names = {canonicalize_name(re.match(r"[\w.-]+", o)[0]) for value in asked for o in value.split()}
    pins = (root / "constraints.txt").read_text(encoding="utf-8").splitlines()
    kept = [pin for pin in pins if canonicalize_name(pin.partition("==")[0]) in names]
    (root / "lorasent" / "tested.txt").write_text("\n".join(kept) + "\n", encoding="utf-8")


def drop_noise(root: Path):
    "Take out warnings, and what progress bars have left."
    for path in (root / "nbs").rglob("*.ipynb"):
        notebook, found = read(path), False
        for cell in notebook["cells"]:
            kept = [o for o in cell.get("outputs", []) if not is_noise(o)]
            if kept != cell.get("outputs", []):
                cell["outputs"], found = kept, True
        if found:
            write(path, notebook)


def method_lines(node: ast.FunctionDef, lines: list[str]) -> list[str]:
    "A patched function as it stands in the body of its class."
    found = lines[node.decorator_list[0].lineno - 1 : node.end_lineno]
    patched = next(i for i, line in enumerate(found) if line.startswith("@patch"))
    found[patched : patched + 1] = ["@property"] if "as_prop=True" in found[patched] else []
    text = re.sub(rf"\bself: {node.args.args[0].annotation.id}\b", "self", "\n".join(found), count=1)
    return ["", *(f"    {line}" if line else "" for line in text.split("\n"))]


def merge_methods(path: Path):
    "Put patched functions into their classes, so that readers, type checkers and pickles see whole classes."
    lines = path.read_text(encoding="utf-8").split("\n")
    body = ast.parse("\n".join(lines)).body
    found: dict[str, list[str]] = {}
    for node in filter(is_patch, body):
        found.setdefault(node.args.args[0].annotation.id, []).extend(method_lines(node, lines))
    for node in reversed(body):  # from below, so that the numbers of the lines above stay true
        if is_patch(node):
            start = node.decorator_list[0].lineno - 1
            while start and (not lines[start - 1] or lines[start - 1].startswith("# %%")):
                start -= 1
            del lines[start : node.end_lineno]
        elif isinstance(node, ast.ClassDef) and node.name in found:
            lines[node.end_lineno : node.end_lineno] = found[node.name]
    path.write_text("\n".join(lines), encoding="utf-8")


def main(root: Path):
    nbdev("nbdev_export", root)
    for path in (root / "lorasent").rglob("*.py"):
        if "@patch" in path.read_text(encoding="utf-8"):
            merge_methods(path)
    write_parameters(root)
    write_tested(root)
    write_tests(root)
    drop_noise(root)
    nbdev("nbdev_clean", root)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else ".").resolve())
