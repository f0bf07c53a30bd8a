"""How the notebooks read, in figures: sizes of functions and exported cells, and public names with an example.

`.venv/bin/python tools/figures.py` prints the table, `--missing` the public names without an example.
"""

import ast
import json
import sys
from pathlib import Path
from statistics import median

from stories import is_patch

ROOT = Path(__file__).parent.parent
MOST = 15  # lines of an exported cell that is read in one breath


def notebooks() -> dict[str, list[dict]]:
    "The code cells of each notebook that is exported, by the name of the notebook."
    found = {}
    for path in sorted((ROOT / "nbs").rglob("*.ipynb")):
        cells = [o for o in json.loads(path.read_text(encoding="utf-8"))["cells"] if o["cell_type"] == "code"]
        if any("".join(cell["source"]).startswith("#| default_exp") for cell in cells):
            found[path.relative_to(ROOT / "nbs").with_suffix("").as_posix()] = cells
    return found


def code_of(cell: dict) -> tuple[set[str], str]:  # its directives; the code without them
    lines = "".join(cell["source"]).splitlines()
    directives = [line for line in lines if line.startswith("#|")]
    code = "\n".join(line for line in lines if not line.startswith("#|")).strip()
    return {line.removeprefix("#|").split()[0] for line in directives}, "" if code.startswith(("%", "!")) else code


def definitions(code: str) -> list[ast.stmt]:
    "The statements of a cell that are no imports."
    return [o for o in ast.parse(code).body if not isinstance(o, (ast.Import, ast.ImportFrom, ast.If))]


def functions(code: str) -> list[int]:
    "Lines of each function."
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [o.end_lineno - o.lineno + 1 for o in ast.walk(ast.parse(code)) if isinstance(o, kinds)]


def exported_cells(cells: list[dict]) -> list[str]:
    "The code of exported cells that define something."
    return [code for kinds, code in map(code_of, cells) if "export" in kinds and code and definitions(code)]


def public_names(codes: list[str]) -> set[str]:
    "Functions and classes that others may use."
    kinds = (ast.FunctionDef, ast.ClassDef)
    found = [o for code in codes for o in ast.parse(code).body if isinstance(o, kinds)]
    return {o.name for o in found if o.name[0] != "_" and not is_patch(o)}


def shown_names(cells: list[dict]) -> set[str]:
    "Every name in the visible examples that have an output."
    found = set()
    for cell in cells:
        kinds, code = code_of(cell)
        if code and cell["outputs"] and not kinds & {"export", "hide", "test"}:
            nodes = list(ast.walk(ast.parse(code)))
            found |= {o.id for o in nodes if isinstance(o, ast.Name)}
            found |= {o.attr for o in nodes if isinstance(o, ast.Attribute)}
    return found


def missing(cells: list[dict]) -> set[str]:
    "Public names of a notebook that none of its examples shows."
    return public_names(exported_cells(cells)) - shown_names(cells)


def figures() -> dict[str, float]:
    "The figures of the house, over all exported notebooks."
    found = notebooks()
    codes = [code for cells in found.values() for code in exported_cells(cells)]
    sizes = sorted(len(code.splitlines()) for code in codes)
    lengths = sorted(length for code in codes for length in functions(code))
    names = sum(len(public_names(exported_cells(cells))) for cells in found.values())
    return {
        "functions": len(lengths),
        "lines of a function, median": median(lengths),
        "lines of a function, 95 %": lengths[int(0.95 * len(lengths))],
        "lines of a function, longest": lengths[-1],
        "functions over 40 lines": sum(length > 40 for length in lengths),
        "exported cells": len(sizes),
        "lines of an exported cell, median": median(sizes),
        "lines of an exported cell, 90 %": sizes[int(0.9 * len(sizes))],
        "lines of an exported cell, longest": sizes[-1],
        f"exported cells over {MOST} lines, %": round(100 * sum(size > MOST for size in sizes) / len(sizes), 1),
        "exported cells over 40 lines": sum(size > 40 for size in sizes),
        "code cells a notebook, median": median(len(cells) for cells in found.values()),
        "public names": names,
        "public names with an example, %": round(100 - 100 * sum(len(missing(o)) for o in found.values()) / names, 1),
    }


if __name__ == "__main__":
    if "--missing" in sys.argv:
        for name, cells in notebooks().items():
            print(f"{name}: {len(missing(cells))} of {len(public_names(exported_cells(cells)))}: ", end="")
            print(*sorted(missing(cells)))
    else:
        print("\n".join(f"{name:40}{value:>8}" for name, value in figures().items()))
