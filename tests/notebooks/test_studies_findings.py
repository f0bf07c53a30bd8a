"Written from nbs/studies/findings.ipynb by `make export`: edit there."

import numpy as np
import pytest
from stories import story

from lorasent.runs.folder import SWEEP, SweepError
from lorasent.store import write_json
from lorasent.studies.findings import (
    Findings,
    _frame,
    front,
    interactions,
    judge,
    luck,
    read_findings,
    responses,
    sentences,
    share_table,
    shares,
)

pytestmark = [pytest.mark.xdist_group("studies/findings")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global choice, findings, generator, made_up, reports, sweep_runs, truth
    [choice, findings, generator, made_up, reports, sweep_runs, truth] = story("studies/findings").take(
        "choice", "findings", "generator", "made_up", "reports", "sweep_runs", "truth"
    )


def test_shares_add_up():
    found = shares(findings)
    assert sum(found.values()) == pytest.approx(1)
    assert found["learning_rate"] > 0.9 and found["rank × learning_rate"] > 0.001
    within = 12 * 0.002**2  # each seed is 0.002 from the mean of its setting
    frame = _frame(findings)["score"]
    assert found["seeds"] == pytest.approx(within / ((frame - frame.mean()) ** 2).sum())
    lines = interactions(findings)["rank", "learning_rate"]
    assert lines["16"]["0.01"] - lines["4"]["0.01"] == pytest.approx(0.02)


def test_a_grid_with_a_hole_has_no_shares():
    some = Findings("grid", findings.settings[:-1], [])
    assert shares(some) is None and share_table(some) is None and interactions(some) == {}
    assert len(responses(some)["rank"]["4"]) + len(responses(some)["rank"]["16"]) == 5


def test_what_one_says_and_another_does_not_is_a_difference():
    said_less = made_up("less", 0.8, rank=4, learning_rate=1e-2, seed=7)
    del said_less["varied"]["rank"]
    place = reports / "list.sweep"
    place.mkdir()
    write_json(place / SWEEP, dict(name="list", runs=[sweep_runs[10], said_less]))
    assert read_findings(place).values == dict(rank=["4", "16"])


def test_the_front_is_what_nothing_beats():
    best = {o["name"] for o in front(findings) if o["best"]}
    assert best == {"4 · 0.01", "16 · 0.01"}  # rank, rate


def test_luck_is_that_of_simulated_sweeps():
    spread = 0.002 * np.sqrt(2)  # deviation of two values that are 0.004 apart
    simulated = generator.normal(0, spread / np.sqrt(2), (20_000, 6)).max(axis=1).mean()
    assert luck(findings) == pytest.approx(simulated, rel=0.03)


def test_the_choice_counts_all_that_were_tried():
    one = judge(findings, few=2)
    raw = judge(Findings("grid", findings.settings[:2], []), few=2)
    assert one.results[0][1].p_value == pytest.approx(min(1, 5 * raw.results[0][1].p_value))
    assert one.test.low < one.test.value < one.test.high
    assert choice.best.varied == dict(rank=16, learning_rate=0.01) and len(choice.results) == 4


def test_collapsed_runs_are_reported_and_left_out_of_luck():
    share = float((truth == 1).mean())
    fallen = made_up("fallen", share, rank=64, learning_rate=1e-2, seed=0)
    one_class = dict(macro_f1=dict(value=share / (1 + share)), accuracy=dict(value=share))  # two classes
    write_json(reports / fallen["run"] / "metrics.json", dict(validation=one_class))
    place = reports / "more.sweep"
    place.mkdir()
    write_json(place / SWEEP, dict(name="more", runs=[*sweep_runs, fallen]))
    found = read_findings(place)
    assert found.settings[-1].collapsed == 1 and luck(found) == pytest.approx(luck(findings))
    text = " ".join(sentences(found, choice))
    assert "collapsed" in text and "rank=64 learning_rate=0.01 (1 of 1)" in text


def test_what_is_no_sweep(tmp_path):
    place = reports / "one.sweep"
    place.mkdir()
    write_json(place / SWEEP, dict(name="one", runs=sweep_runs[:2]))
    with pytest.raises(SweepError, match="needs at least two"):
        read_findings(place)
