"A search through the installed command line: two processes on one study, one of them killed."

import json
import os
import signal
import sqlite3

import pytest
from conftest import call, start, wait_for

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("search")]


def trials(path) -> list[tuple[int, str]]:
    "Number and state of each trial in the database."
    if not path.exists():
        return []
    with sqlite3.connect(path) as database:
        try:
            return database.execute("select number, state from trials order by number").fetchall()
        except sqlite3.OperationalError:
            return []  # not made yet


@pytest.mark.cold
def test_two_processes_share_a_study_and_one_is_killed(dozen, tmp_path):
    facts = dict(set=dict(dataset=str(dozen), method="tfidf", baselines="none"), trials=5, sampler="random")
    wide = dict(split_seed=dict(low=0, high=10**6))  # two trials of a narrow range may be the same run
    (tmp_path / "some.yaml").write_text(json.dumps(facts | dict(search=wide)))
    database = tmp_path / "reports" / "some.sweep" / "study.db"
    first = start("sweep", "some.yaml", cwd=tmp_path)
    wait_for(lambda: any(state == "RUNNING" for _, state in trials(database)), first)
    second = start("sweep", "some.yaml", cwd=tmp_path)
    wait_for(lambda: sum(state == "RUNNING" for _, state in trials(database)) == 2, second)
    os.kill(first.pid, signal.SIGKILL)
    out, err = second.communicate(timeout=300)
    assert second.returncode == 0, err
    states = [state for _, state in trials(database)]
    assert states.count("COMPLETE") == 5 and states.count("FAIL") == 1  # the one that was lost, and made again
    records = [json.loads(path.read_text()) for path in tmp_path.glob("reports/*/run.json")]
    made = [record["identity"] for record in records if record["status"] == "completed"]
    assert len(made) == len(set(made)) == 5
    sweep_runs = json.loads((tmp_path / "reports" / "some.sweep" / "sweep.json").read_text())["runs"]
    assert {sweep_run["identity"] for sweep_run in sweep_runs} == set(made)
    assert "Of 5 settings" in out and (tmp_path / "reports" / "some.sweep" / "best.yaml").exists()
    again = call("sweep", "some.yaml", "--dry-run", cwd=tmp_path)
    assert "5 trials, of which 5 have ended" in again.out
