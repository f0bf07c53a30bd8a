"""Run a notebook once, in this process: what its cells show, compared with the kept outputs, and the names they leave.

`make outputs NOTEBOOKS="measure/plots doctor"` keeps what is shown now, for these or, without a name, for all.
A cell whose output is not the same everywhere is marked in a line of its own, with the reason. After
`#| numbers vary: seconds of this machine`, words must be the same; after `#| varies: what this machine has`, only the
kinds of output must be, if any is kept.
"""

import ast
import contextlib
import difflib
import functools
import importlib
import json
import os
import re
import sys
import tempfile
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from IPython.core.interactiveshell import InteractiveShell
from nbdev.clean import clean_nb

ROOT = Path(__file__).parents[1] / "nbs"
SKIPPED, VARIES = r"^#\| (notest|test\b|eval: *false)", r"^#\| (numbers vary|varies): *\S"


def names() -> list[str]:
    "Every notebook that is run by itself, as it is called: `measure/metrics`; papermill's need a run around them."
    found = [path for path in ROOT.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts]
    alone = [o for o in found if "skip_exec: true" not in o.read_text(encoding="utf-8")]
    return sorted(o.relative_to(ROOT).with_suffix("").as_posix() for o in alone)


def has(cell: dict, pattern: str) -> re.Match | None:
    "Whether a cell has a line like this."
    return re.search(pattern, "".join(cell["source"]), re.MULTILINE)


def needs(path: Path) -> list[str]:
    "What the cells of a notebook need that not every machine gives at once: torch, process, train."
    cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
    found = [m[1].split() for cell in cells if cell["cell_type"] == "code" and (m := has(cell, r"^#\| needs: *(.+)"))]
    return found[0] if found else []


@dataclass
class Story:
    "What came of a notebook that was run from top to bottom."

    name: str
    notebook: dict  # with the outputs that the cells have now
    stale: list[str] = field(default_factory=list)  # a text for each cell that shows something else than is kept in it
    error: str | None = None  # of the cell that ended it
    namespace: dict = field(default_factory=dict)  # the names that the cells have left

    def take(self, *wanted: str):
        "Some of these names. Raises an `AssertionError` where the notebook has not come to its end."
        assert not self.error, f"nbs/{self.name}.ipynb: {self.error}"
        return [self.namespace[o] for o in wanted]


def is_noise(output: dict) -> bool:
    "Whether an output is a warning, which names places on one machine, or what a progress bar has left."
    html = "".join(output.get("data", {}).get("text/html", ["shown"]))
    return output.get("name") == "stderr" or not html or html.startswith("<p class='progress'>")


def comparable(outputs: list[dict], varies: str | None = None) -> list:  # varies: "numbers vary", "varies"
    "Outputs as they are compared: what was printed in one piece, then what was shown, one after the other."
    printed = "".join("".join(output["text"]) for output in outputs if output.get("name") == "stdout")
    shown = [{kind: "".join(text) for kind, text in output["data"].items()} for output in outputs if "data" in output]
    if varies == "varies":
        return [bool(printed), *(sorted(o) for o in shown)]
    if varies:
        plain = [printed, *(o.get("text/plain", "") for o in shown)]
        return [re.sub(r"[-+]?\d[\d.,:e+-]*", "0", o) for o in plain]
    return [printed, *shown]


def difference(kept: list, found: list) -> str:
    "What is kept in a cell and what it shows, line by line."

    def lines(outputs):
        kinds = [
            (output, kind) for output in outputs for kind in (sorted(output) if isinstance(output, dict) else [""])
        ]
        texts = [output[kind] if kind else str(output) for output, kind in kinds]
        return "\n".join(texts).splitlines()

    return "\n".join(difflib.unified_diff(lines(kept), lines(found), "kept", "shown now", n=0, lineterm=""))[:2000]


def without_updates(displays: list) -> list[dict]:
    "What stands below a cell at its end, of what it has displayed: an update replaces what it is an update of."
    shown = []
    for o in displays:
        place = (o.transient or {}).get("display_id")
        found = next((i for i, (known, _) in enumerate(shown) if place is not None and known == place), None)
        one = dict(data=o.data, metadata=o.metadata or {}, output_type="display_data")
        if o.update and found is not None:
            shown[found] = place, one
        else:
            shown.append((place, one))
    return [o for _, o in shown]


def as_lines(data: dict) -> dict:
    "Texts as a notebook holds them."
    return {kind: text.splitlines(True) if kind.startswith("text/") else text for kind, text in data.items()}


def outputs_of(done, formatter) -> list[dict]:
    "The outputs of a cell that was run, as a notebook holds them."
    found = [dict(name="stdout", output_type="stream", text=done.stdout.splitlines(True))] if done.stdout else []
    found += [update | dict(data=as_lines(update["data"])) for update in without_updates(done.display_objects)]
    if (value := done.result.result) is not None and not done.quiet:
        data, metadata = formatter.format(value)
        result = dict(data=as_lines(data), execution_count=None, metadata=metadata, output_type="execute_result")
        found += [result] if data else []
    return [o for o in found if not is_noise(o)]


def is_patch(node: ast.stmt) -> bool:
    "Whether a function of a module is a method: its notebook adds it to a class with fastcore's `patch`."
    names = [getattr(o.func if isinstance(o, ast.Call) else o, "id", "") for o in getattr(node, "decorator_list", [])]
    return "patch" in names


def bound(tree: ast.AST) -> set[str]:
    "The names that a piece of code gives a value to at its top level."
    found = set()
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            found |= set() if is_patch(node) else {node.name}
            continue
        for o in ast.walk(node):
            if isinstance(o, ast.Name) and isinstance(o.ctx, ast.Store):
                found.add(o.id)
            if isinstance(o, ast.alias):
                found.add((o.asname or o.name).split(".")[0])
    return found


def exported(cell: dict, module: str | None) -> dict | None:
    "The names that an exported cell makes, from the module that it is exported to; None: it is not exported."
    if not module or not has(cell, r"^#\| export"):
        return None
    made = importlib.import_module(f"lorasent.{module}")
    names = bound(ast.parse("".join(cell["source"])))
    return {name: getattr(made, name) for name in names if hasattr(made, name)}


def traceback_of(error: BaseException) -> str:
    "Where it came from, without the shell's own frames."
    return "".join(traceback.format_exception(type(error), error, error.__traceback__))


@contextlib.contextmanager
def shell_in(folder: Path):
    "A shell of IPython's in a folder; what it changes of this process is put back."
    from execnb.shell import CaptureShell

    from lorasent.registry import METHODS

    before = dict(os.environ), list(sys.path), Path.cwd(), sys.displayhook, sys.excepthook, dict(METHODS)
    os.environ.pop("LORASENT_FULL", None)  # what is measured is measured on a few rows
    os.environ |= dict(IN_TEST="1", LORASENT_REPORTS=tempfile.mkdtemp())
    os.chdir(folder)
    shell = CaptureShell()
    try:
        yield shell
    finally:
        InteractiveShell._instance = None  # or results would show themselves as in a notebook
        os.chdir(before[2])
        os.environ.clear()
        os.environ.update(before[0])
        sys.path[:], sys.displayhook, sys.excepthook = before[1], before[3], before[4]
        METHODS.clear()
        METHODS.update(before[5])


def run(name: str) -> Story:
    """Run the cells of a notebook, but for its tests.

    An exported cell is not run a second time: its names are those of the module that was made from it, so that the
    examples, and the tests after them, are about the package as it is installed.
    """
    path = ROOT / f"{name}.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    story, cells = Story(name, notebook), notebook["cells"]
    kept = {id(o): o["outputs"] for o in cells if o["cell_type"] == "code"}
    heads = [m[1] for o in cells if o["cell_type"] == "code" and (m := has(o, r"^#\| default_exp (\S+)"))]
    with shell_in(path.parent) as shell:
        for number, cell in enumerate(cells):
            if cell["cell_type"] != "code" or has(cell, SKIPPED):
                continue
            if (made := exported(cell, *heads or [None])) is not None:
                shell.user_ns.update(made)
                cell["outputs"] = []
                continue
            done = shell.run_cell("".join(cell["source"]))
            if done.exception:
                story.error = f"cell {number} ({cell['id']}) ends in an error\n{traceback_of(done.exception)}"
                break
            cell["outputs"] = outputs_of(done, shell.display_formatter)
        story.namespace = shell.user_ns
    clean_nb(notebook, allowed_cell_metadata_keys=["tags"])
    for number, cell in enumerate(cells if not story.error else []):
        if cell["cell_type"] == "code":
            varies = m[1] if (m := has(cell, VARIES)) else None
            before, now = (comparable(o, varies) for o in (kept[id(cell)], cell["outputs"]))
            if before != now and (kept[id(cell)] or varies != "varies"):
                story.stale.append(f"nbs/{name}.ipynb, cell {number} ({cell['id']}):\n{difference(before, now)}")
            elif varies:
                cell["outputs"] = kept[id(cell)]
    return story


@functools.lru_cache(maxsize=1)  # the tests of a notebook follow each other, and what it leaves may be large
def story(name: str) -> Story:
    "The story of a notebook, which is run once for all that look at it."
    return run(name)


def keep(story: Story):
    "Write a notebook with what its cells show now."
    text = json.dumps(story.notebook, indent=1, ensure_ascii=False, sort_keys=True) + "\n"
    (ROOT / f"{story.name}.ipynb").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    for one in map(run, sys.argv[1:] or names()):
        print(f"{one.name}: {one.error or f'{len(one.stale)} cells show something else than was kept'}")
        if one.stale and not one.error:
            keep(one)
