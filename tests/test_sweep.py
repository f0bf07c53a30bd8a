"Many runs from one file, through the installed command line: what is run, what is not run again, what survives."

import json

import pytest
from conftest import call, run_folders
from crashes import attack, results, start, write_sweep

import lorasent.processes
from lorasent.config import load_config

pytestmark = pytest.mark.xdist_group("sweep")


@pytest.mark.train
def test_killed_runs_and_supervisors_cost_nothing(distilbert, tmp_path):
    quiet, loud = tmp_path / "quiet", tmp_path / "loud"
    for place in (quiet, loud):
        place.mkdir()
        write_sweep(place, 2, str(distilbert))
    assert start(quiet, lorasent.processes._launch).wait(240) == 0
    assert attack(loud, kills=3, supervisors=1) >= 2
    assert results(loud) == results(quiet) and len(results(quiet)) == 2  # none twice, and each to the byte


@pytest.mark.train
def test_what_is_there_is_not_run_again(dozen, tmp_path):
    def write(**facts):
        base = dict(name="sizes", set=dict(dataset=str(dozen), method="majority", baselines="none"))
        (tmp_path / "sizes.yaml").write_text(json.dumps(base | facts))

    write(grid=dict(split_seed=[0, 1]))
    first = call("sweep", "sizes.yaml", cwd=tmp_path)
    assert first.code == 0, first.err
    before = {folder: (folder / "run.json").read_bytes() for folder in first.folders}
    assert len(before) == 2 and first.out.count("on validation (sizes-") == 2
    write(grid=dict(split_seed=[0, 1, 2]), seeds=[0])  # one is new
    planned = call("sweep", "sizes.yaml", "--dry-run", cwd=tmp_path)
    assert planned.out.count("already completed") == 2 and "1 of 3 runs to run" in planned.out
    assert run_folders(tmp_path) == first.folders
    second = call("sweep", "sizes.yaml", cwd=tmp_path)
    assert second.code == 0 and len(second.folders) == 3
    assert all((o / "run.json").read_bytes() == text for o, text in before.items())
    facts = json.loads((tmp_path / "reports" / "sizes.sweep" / "sweep.json").read_text())["runs"]
    assert [o["varied"]["split_seed"] for o in facts] == [0, 1, 2] and {o["status"] for o in facts} == {"completed"}
    page = (tmp_path / "reports" / "sizes.sweep" / "report.html").read_text()
    assert "Of 3 settings" in page and "were tested on different rows" in page  # split_seed cuts them
    assert (
        "lorasent sweep sizes.yaml" in page
        and "sizes.sweep/report.html" in (tmp_path / "reports" / "index.html").read_text()
    )
    best = load_config(file=tmp_path / "reports" / "sizes.sweep" / "best.yaml")
    assert best.method == "majority" and best.dataset == str(dozen)


def test_a_run_that_could_not_be_run_is_refused_before_anything_begins(refused, dozen, tmp_path):
    listed = [dict(method="majority"), dict(method="tfidf", limit=1)]
    facts = dict(set=dict(dataset=str(dozen), baselines="none"), list=listed)
    (tmp_path / "some.yaml").write_text(json.dumps(facts))
    refused("sweep", "some.yaml", mentions=["limit=1"])


@pytest.mark.parametrize(
    ("text", "mentions"),
    [
        ("grdi: {rank: [1]}", ["grdi", "did you mean 'grid'"]),
        ("grid: {rnak: [1, 2]}", ["rnak", "did you mean 'rank'"]),
        ("grid: {rank: 4}", ["grid must have a list of values"]),
        ("{grid: {rank: [1]}, list: [{rank: 1}]}", ["use one of them"]),
        ("{grid: {rank: [4]}, workers: 0}", ["workers is 0"]),
        ("grid: {rank: [0]}", ["run rank=0", "rank"]),
    ],
)
def test_wrong_files(refused, tmp_path, text, mentions):
    (tmp_path / "wrong.yaml").write_text(text)
    refused("sweep", "wrong.yaml", mentions=mentions)


def test_there_is_no_such_file(refused):
    refused("sweep", "nowhere.yaml", mentions=["nowhere.yaml"])
