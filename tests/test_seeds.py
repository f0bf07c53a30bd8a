"Several seeds in one run; a run that was stopped continues; what is refused."

import json
import signal
from types import SimpleNamespace

import pandas as pd
import pytest
from conftest import call, record, run_folders, settings, start, wait_for

pytestmark = pytest.mark.xdist_group("seeds")


@pytest.fixture(scope="module")
def three(small, tmp_path_factory) -> SimpleNamespace:
    "A run with three seeds."
    return call(*small, *settings(seeds=3, round_trip="[merged]"), cwd=tmp_path_factory.mktemp("three"))


def made(folder) -> dict[str, bytes]:
    "What must be the same in two runs of one configuration."
    names = ["metrics.json", "predictions.parquet", "adapter/adapter_model.safetensors"]
    return {name: (folder / name).read_bytes() for name in names}


@pytest.mark.train
def test_the_best_on_validation_is_the_model_and_all_are_reported(three):
    assert three.code == 0, three.err
    [folder] = three.folders
    metrics, seed_runs = json.loads((folder / "metrics.json").read_text()), sorted((folder / "seed_runs").iterdir())
    assert metrics["seeds"] == [0, 1, 2] and [seed_run.name for seed_run in seed_runs] == ["seed-0", "seed-1", "seed-2"]
    fits = [json.loads((seed_run / "seed_run.json").read_text())["fit"] for seed_run in seed_runs]
    scores = [fit["epochs"][fit["best_epoch"] - 1]["macro_f1"] for fit in fits]
    best = seed_runs[scores.index(max(scores))]
    weights = "adapter/adapter_model.safetensors"
    assert (folder / weights).read_bytes() == (best / weights).read_bytes()
    assert pd.read_parquet(best / "predictions.parquet").equals(pd.read_parquet(folder / "predictions.parquet"))
    tests = [pd.read_parquet(seed_run / "predictions.parquet") for seed_run in seed_runs]
    accuracies = [float((test["label"] == test["prediction"]).mean()) for test in tests]
    over = metrics["over_seeds"]["accuracy"]
    assert over["mean"] == pytest.approx(sum(accuracies) / 3, abs=1e-6)
    assert (over["lowest"], over["highest"]) == pytest.approx((min(accuracies), max(accuracies)), abs=1e-6)
    page = (folder / "report.html").read_text()
    assert "Over 3 seeds" in page and "counting rows and seeds" in page
    assert record(folder)["training_seconds"] == pytest.approx(sum(fit["seconds"] for fit in fits), abs=2)
    assert any(o.startswith("seed_runs/seed-2/") for o in json.loads((folder / "manifest.json").read_text()))


@pytest.mark.train
@pytest.mark.cold
def test_a_killed_run_goes_on(three, small, tmp_path):
    "Seed runs that have ended are kept; the result is that of a run which nobody has disturbed."
    process = start(*small, *settings(seeds=3, round_trip="[merged]"), cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("reports/*/seed_runs/seed-0/seed_run.json")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    [folder] = run_folders(tmp_path)
    kept = (folder / "seed_runs" / "seed-0" / "seed_run.json").read_bytes()
    assert not (folder / "manifest.json").exists()
    answer = call("resume", "latest", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert answer.folders == [folder] and record(folder)["status"] == "completed" and record(folder)["resumed"]
    assert (folder / "seed_runs" / "seed-0" / "seed_run.json").read_bytes() == kept
    assert made(folder) == made(three.folders[0])
    again = call("resume", folder, cwd=tmp_path)
    assert again.code == 2 and "has completed" in again.err and len(again.err.splitlines()) == 1


@pytest.mark.train
def test_it_does_not_go_on_with_other_rows(dozen, small, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_bytes(dozen.read_bytes())
    process = start(*small, *settings(dataset=rows, seeds=2), cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("reports/*/seed_runs/seed-0/seed_run.json")), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "lorasent resume small-" in err  # the command that continues
    rows.write_text(rows.read_text().replace("lunch", "dinner"))
    answer = call("resume", "latest", cwd=tmp_path)
    assert answer.code == 2 and "the data of run small-" in answer.err and len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("values", "mentions"),
    [
        (dict(seeds=0), ["seeds", "from 1 to 100"]),
        (dict(seeds="[1, 1]"), ["seeds", "different seeds"]),
        (dict(seeds="[]"), ["seeds"]),
        (dict(seeds=2, method="tfidf"), ["seeds", "tfidf"]),
    ],
)
def test_wrong_seeds(refused, dozen, values, mentions):
    refused("train", dozen, *settings(**values), mentions=mentions)


def test_there_is_no_such_run(refused):
    refused("resume", "latest", mentions=["no run"])
