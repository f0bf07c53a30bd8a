"Written from nbs/studies/comparison.ipynb by `make export`: edit there."

import os

import numpy as np
import pytest
from stories import story

from lorasent.config import LorasentError
from lorasent.studies.comparison import (
    ComparisonError,
    Flips,
    _places,
    compare_pairs,
    read_comparison,
    side_by_side,
    slices,
)

pytestmark = [pytest.mark.xdist_group("studies/comparison")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global comparison, made_up, reports
    [comparison, made_up, reports] = story("studies/comparison").take("comparison", "made_up", "reports")


def test_results_of_runs():
    found = {(a, b): o for a, b, o in compare_pairs(comparison)["accuracy"]}
    assert found["guesses", "better"].outcome == "better" and found["guesses", "better"].seeds == (1, 2)
    right = [float((comparison[o].answers == comparison.truth).mean()) for o in ("guesses", "fair")]
    assert found["guesses", "fair"].difference == pytest.approx(right[1] - right[0])
    scores = side_by_side(comparison)["fair"]["accuracy"]
    assert scores.low < right[1] < scores.high and scores.value == pytest.approx(right[1])


def test_rows_that_tell_runs_apart():
    flips, page = Flips(comparison), Flips(comparison)._repr_html_()
    right = np.stack([contestant.answers == comparison.truth for contestant in comparison.contestants])
    assert len(flips) == int((right.any(0) & ~right.all(0)).sum()) == page.count("data-right=")
    negated = slices(comparison)["with a negation"]
    assert negated.sum() == comparison.rows["text"].str.startswith("not ").sum()


def test_ids_that_stand_twice():
    assert _places(["a", "b", "a"], ["a", "a", "b", "c"]).tolist() == [0, 2, 1, -1]


def test_what_cannot_be_compared():
    for runs, why in ((["fair"], "at least two"), (["fair", "fair"], "each once"), (["fair", "fare"], "did you mean")):
        with pytest.raises(LorasentError, match=why):
            read_comparison(runs, reports)
    os.chdir(reports)  # where the rows of the made-up runs are
    made_up("elsewhere", [0.6], test_set=dict(fingerprint="another"))
    made_up("broken", [0.6], status="failed")
    for other, why in (("elsewhere", "different rows: --shared"), ("broken", "its status is failed")):
        with pytest.raises(ComparisonError, match=why):
            read_comparison(["fair", other], reports)
