"Scores by modules of evaluate: the numbers of the module called by hand, nothing downloaded, nothing imported unasked."

import json
from pathlib import Path

import pytest
from conftest import call, python, settings

MODULE = """
import datasets
import evaluate
from sklearn import metrics


class Module(evaluate.Metric):
    def _info(self):
        kinds = dict(predictions=datasets.Value("int32"), references=datasets.Value("int32"))
        return evaluate.MetricInfo(description="", citation="", features=datasets.Features(kinds))

    def _compute(self, predictions, references, **options):
        return dict({name}=float(metrics.{function}(references, predictions, **options)))
"""
CACHE = "modules/evaluate_modules/metrics/evaluate-metric--{0}/0123/{0}.py"  # where evaluate keeps what it has loaded
BY_HAND = """
import evaluate, json, pandas, sys
path, options = sys.argv[1], json.loads(sys.argv[2])
rows = pandas.read_parquet(sys.argv[3])
names = sorted(set(rows.label))
of = lambda column: [names.index(o) for o in rows[column]]
print(json.dumps(evaluate.load(path).compute(predictions=of("prediction"), references=of("label"), **options)))
"""


def write_module(path: Path, function: str) -> Path:
    "A stand-in for a module: evaluate's own are on its hub, and in no package."
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(MODULE.format(name=path.stem, function=function))
    return path


@pytest.mark.train
def test_the_numbers_are_those_of_the_modules(small, tmp_path):
    home, options = tmp_path / "home", dict(average="macro")
    places = {
        "matthews_correlation": write_module(home / CACHE.format("matthews_correlation"), "matthews_corrcoef"),
        "f1": write_module(home / CACHE.format("f1"), "f1_score"),
        "kappa": write_module(tmp_path / "kappa" / "kappa.py", "cohen_kappa_score"),
    }
    metrics = json.dumps(["matthews_correlation", {"f1": options}, "./kappa"])
    answer = call(*small, *settings(metrics=metrics, selection_metric="kappa"), cwd=tmp_path, HF_HOME=home)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    found = json.loads((folder / "metrics.json").read_text())
    for name, path in places.items():
        how = json.dumps(options if name == "f1" else {})
        by_hand = json.loads(python(BY_HAND, path, how, folder / "predictions.parquet", HF_HOME=home).out)
        score = found["test"][name]
        assert score["value"] == pytest.approx(by_hand[name], abs=1e-6)
        assert score["low"] <= score["value"] <= score["high"] and name in found["validation"]
    same = found["test"]["matthews_correlation"], found["test"]["mcc"]
    assert same[0]["value"] == pytest.approx(same[1]["value"], abs=1e-6)  # of the same rows
    assert all("kappa" in epoch for epoch in found["epochs"])


@pytest.mark.process
def test_a_module_that_is_not_there_is_one_line(small, tmp_path):
    answer = call(*small, *settings(metrics="[nothing]"), cwd=tmp_path, HF_HOME=tmp_path / "home")
    assert answer.code == 2 and len(answer.err.splitlines()) == 1 and not answer.folders
    assert "metrics: evaluate has no module 'nothing' in its cache: run python -c" in answer.err


def test_a_score_has_one_name(dozen, refused):
    for metrics, mentions in (
        ("[accuracy]", "accuracy is already a built-in or named metric"),
        ("[a.py, b/a]", "a is already a built-in or named metric"),
    ):
        refused("train", *settings(dataset=dozen, metrics=metrics), mentions=["metrics", mentions])
    refused(
        "train", *settings(dataset=dozen, selection_metric="kapa"), mentions=["there is no score 'kapa'", "macro_f1"]
    )


@pytest.mark.train
def test_a_run_without_modules_does_not_import_evaluate(small, tmp_path):
    trace, modules = tmp_path / "trace", tmp_path / "modules"
    write_module(tmp_path / "kappa.py", "cohen_kappa_score")
    modules.mkdir()
    (modules / "evaluate.py").write_text(f"open({str(trace)!r}, 'w').close()\nraise ImportError('it was imported')\n")
    answer = call(*small, cwd=tmp_path, PYTHONPATH=modules)
    assert answer.code == 0 and not trace.exists(), answer.err
    answer = call(*small, *settings(metrics="[kappa.py]"), cwd=tmp_path, PYTHONPATH=modules)
    assert answer.code == 2 and trace.exists() and "it was imported" in answer.err
