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
    "A run of three members."
    return call(*small, *settings(seeds=3, proof="[merged]"), cwd=tmp_path_factory.mktemp("three"))


def made(folder) -> dict[str, bytes]:
    "What must be the same in two runs of one configuration."
    names = ["metrics.json", "predictions.parquet", "adapter/adapter_model.safetensors"]
    return {o: (folder / o).read_bytes() for o in names}


@pytest.mark.train
def test_the_best_on_validation_is_the_model_and_all_are_told_of(three):
    assert three.code == 0, three.err
    [folder] = three.folders
    metrics, members = json.loads((folder / "metrics.json").read_text()), sorted((folder / "members").iterdir())
    assert metrics["seeds"] == [0, 1, 2] and [o.name for o in members] == ["seed-0", "seed-1", "seed-2"]
    fits = [json.loads((o / "member.json").read_text())["fit"] for o in members]
    scores = [o["epochs"][o["best_epoch"] - 1]["macro_f1"] for o in fits]
    best = members[scores.index(max(scores))]
    weights = "adapter/adapter_model.safetensors"
    assert (folder / weights).read_bytes() == (best / weights).read_bytes()
    assert pd.read_parquet(best / "predictions.parquet").equals(pd.read_parquet(folder / "predictions.parquet"))
    tests = [pd.read_parquet(o / "predictions.parquet") for o in members]
    accuracies = [float((o["label"] == o["prediction"]).mean()) for o in tests]
    over = metrics["over_seeds"]["accuracy"]
    assert over["mean"] == pytest.approx(sum(accuracies) / 3, abs=1e-6)
    assert (over["lowest"], over["highest"]) == pytest.approx((min(accuracies), max(accuracies)), abs=1e-6)
    page = (folder / "report.html").read_text()
    assert "Over 3 seeds" in page and "counting rows and seeds" in page
    assert record(folder)["training_seconds"] == pytest.approx(sum(o["seconds"] for o in fits), abs=2)
    assert any(o.startswith("members/seed-2/") for o in json.loads((folder / "manifest.json").read_text()))


@pytest.mark.train
@pytest.mark.cold
def test_a_killed_run_goes_on(three, small, tmp_path):
    "Members that have ended are kept; the result is that of a run which nobody has disturbed."
    process = start(*small, *settings(seeds=3, proof="[merged]"), cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("reports/*/members/seed-0/member.json")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    [folder] = run_folders(tmp_path)
    kept = (folder / "members" / "seed-0" / "member.json").read_bytes()
    assert not (folder / "manifest.json").exists()
    answer = call("resume", "latest", cwd=tmp_path)
    assert answer.code == 0, answer.err
    assert answer.folders == [folder] and record(folder)["status"] == "completed" and record(folder)["resumed"]
    assert (folder / "members" / "seed-0" / "member.json").read_bytes() == kept
    assert made(folder) == made(three.folders[0])
    again = call("resume", folder, cwd=tmp_path)
    assert again.code == 2 and "has completed" in again.err and len(again.err.splitlines()) == 1


@pytest.mark.train
def test_it_does_not_go_on_with_other_rows(dozen, small, tmp_path):
    rows = tmp_path / "rows.csv"
    rows.write_bytes(dozen.read_bytes())
    process = start(*small, *settings(dataset=rows, seeds=2), cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("reports/*/members/seed-0/member.json")), process)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert "lorasent resume small-" in err  # it says how to continue
    rows.write_text(rows.read_text().replace("lunch", "dinner"))
    answer = call("resume", "latest", cwd=tmp_path)
    assert answer.code == 2 and "the data of run small-" in answer.err and len(answer.err.splitlines()) == 1


@pytest.mark.parametrize(
    ("values", "says"),
    [
        (dict(seeds=0), ["seeds", "from 1 to 100"]),
        (dict(seeds="[1, 1]"), ["seeds", "different seeds"]),
        (dict(seeds="[]"), ["seeds"]),
        (dict(seeds=2, method="tfidf"), ["seeds", "tfidf"]),
    ],
)
def test_wrong_seeds(refused, dozen, values, says):
    refused("train", dozen, *settings(**values), says=says)


def test_there_is_no_such_run(refused):
    refused("resume", "latest", says=["there is no run"])
