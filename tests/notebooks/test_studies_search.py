"Written from nbs/studies/search.ipynb by `make export`: edit there."

import json
import subprocess

import pytest
from optuna.trial import create_trial
from stories import story

from lorasent.runs.folder import SweepError
from lorasent.studies.plan import read_plan
from lorasent.studies.scheduler import State
from lorasent.studies.search import Trials

pytestmark = [pytest.mark.xdist_group("studies/search")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global place
    [place] = story("studies/search").take("place")


def test_a_study_belongs_to_its_space():
    place.write_text("{set: {encoder: minilm}, search: {rank: [4, 8]}, trials: 3}")
    with pytest.raises(SweepError, match="started with another search space"):
        Trials(read_plan(place), place.parent)


def test_wrong_searches():
    for text, why in (
        ("{search: {rank: 4}}", "search must have values or a range"),
        ("{search: {rank: {low: 4, high: 2}}}", "search must have values or a range"),
        ("{search: {learning_rate: {low: 0, high: 1, log: true}}}", "search must have values or a range"),
        ("{search: {rank: [0, 4]}}", "run rank=0"),
        ("{search: {rank: [4]}, seeds: 2}", "put seeds into set"),
        ("{trials: 4}", "is for a search"),
    ):
        place.write_text(text)
        with pytest.raises(SweepError, match=why):
            read_plan(place)
    for key in ("sampler", "pruner"):
        place.write_text(f"{{name: other, search: {{rank: [4]}}, {key}: tpa}}")
        with pytest.raises(SweepError, match=f"{key} is 'tpa'"):
            Trials(read_plan(place), place.parent)


def test_what_does_badly_is_given_up():
    place.write_text("{name: pruned, set: {encoder: minilm, epochs: 3}, search: {rank: [4, 8]}, trials: 9}")
    trials = Trials(read_plan(place), place.parent)
    chosen = dict(params=dict(rank="4"), distributions=trials.distributions)
    for score in (0.7, 0.71, 0.72, 0.73):
        trials.study.add_trial(create_trial(value=score, intermediate_values={1: score}, **chosen))
    for score, pruned in ((0.715, False), (0.714, True)):
        folder = place.parent / f"run-{score}"
        folder.mkdir()
        line = dict(label="epoch 2 of 3", done=12, total=30, seconds=1, macro_f1=score)
        (folder / "progress.jsonl").write_text(json.dumps(line) + "\n")
        state = State(trials.plan.sweep_run(dict(rank=4)), f"{score}", "running", folder, trial=trials.study.ask())
        state.process = subprocess.Popen(["sleep", "60"])
        trials.watch([state])
        assert state.pruned is pruned and trials.study.trials[-1].intermediate_values == {1: score}
        state.process.terminate()
        state.process.wait()
