"What a type checker and an editor see of the public names."

import importlib
import inspect
import subprocess
import sys

import pytest
from conftest import ROOT
from test_docs import public

import lorasent

pytestmark = pytest.mark.torch


def checked(path, tmp_path) -> str:
    "What mypy reports about a program, in strict mode."
    command = [sys.executable, "-m", "mypy", "--cache-dir", tmp_path / "cache", path]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True).stdout


@pytest.mark.process
def test_a_users_program_passes_in_strict_mode_and_a_wrong_one_does_not(tmp_path):
    assert checked(ROOT / "tests" / "typed_use.py", tmp_path).startswith("Success")
    wrong = [
        "from lorasent import SentimentClassifier, load_data, train",
        "train('demo')",
        "load_data('snippets').label_name",
        "SentimentClassifier.load(3).probabilities(['good'], batch_size='8')",
    ]
    (tmp_path / "wrong.py").write_text("\n".join(wrong))
    printed = checked(tmp_path / "wrong.py", tmp_path)
    assert all(f"wrong.py:{line}: error" in printed for line in (2, 3, 4)), printed


def test_every_public_parameter_and_result_has_a_type():
    bare = []
    for module, thing in public():
        found = [thing] if inspect.isfunction(thing) else []
        if inspect.isclass(thing):
            functions = {name: getattr(o, "__func__", o) for name, o in vars(thing).items()}
            printed = {name: o for name, o in functions.items() if not name.startswith("_") or name == "__call__"}
            found = [o for o in printed.values() if inspect.isfunction(o) and o.__module__ == module]
        for one in found:
            signature = inspect.signature(one)
            names = [
                parameter.name for parameter in signature.parameters.values() if parameter.annotation is parameter.empty
            ]
            names += ["return"] if signature.return_annotation is signature.empty else []
            bare += [f"{module}.{one.__qualname__}: {name}" for name in names if name not in ("self", "cls")]
    assert not bare, "\n".join(bare)


def test_what_a_type_checker_sees_is_what_there_is():
    source = (ROOT / "lorasent" / "__init__.py").read_text(encoding="utf-8")
    for name in lorasent.__all__:
        module = importlib.import_module(getattr(lorasent, name).__module__)
        assert hasattr(module, name) and f"import {name} as {name}\n" in source
