"Written from nbs/measure/results.ipynb by `make export`: edit there."

import numpy as np
import pytest
from stories import story

from lorasent.measure.results import MODEL, baselines_of, score_slices, select, slices_of, surest_errors

pytestmark = [pytest.mark.xdist_group("measure/results")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global cities, evaluation, flipped, folded, labels, slices
    [cities, evaluation, flipped, folded, labels, slices] = story("measure/results").take(
        "cities", "evaluation", "flipped", "folded", "labels", "slices"
    )


def test_all_are_scored_on_the_same_rows():
    assert slices.of("accuracy")["majority"]["all"].value == np.mean(labels == 0)
    oslo = select(evaluation, cities == "Oslo")
    assert slices_of(slices)["city"]["Oslo"] == oslo.scores and len(oslo.labels) == 100
    assert baselines_of(slices)["majority"]["test_by"]["city"]["Rome"]["accuracy"].value == np.mean(labels[1::2] == 0)
    assert slices_of(score_slices(evaluation, {})) == {}
    each = score_slices(folded, {"same": folded.predictions}, "city", cities).scores
    assert each["same"]["all"]["accuracy"] == each[MODEL]["all"]["accuracy"] == folded.scores["accuracy"]


def test_the_surest_error_comes_first():
    rows = surest_errors(flipped)
    surest = flipped.probabilities[rows].max(axis=1)
    assert len(rows) == (flipped.predictions != flipped.labels).sum() and list(surest) == sorted(surest, reverse=True)
    assert len(surest_errors(evaluation)) == 20 - max(0, 20 - (evaluation.predictions != labels).sum())
