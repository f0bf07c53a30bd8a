"Written from nbs/training/round_trip.ipynb by `make export`: edit there."

from dataclasses import replace

import numpy as np
import pytest
from stories import story

from lorasent.training.round_trip import TOLERANCE, Answer, RoundTrip, RoundTripError, check_round_trip, compare_answers

pytestmark = [pytest.mark.xdist_group("training/round_trip"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global FAULTS, config, data, expected, minilm, planted, round_trip
    [FAULTS, config, data, expected, minilm, planted, round_trip] = story("training/round_trip").take(
        "FAULTS", "config", "data", "expected", "minilm", "planted", "round_trip"
    )


def test_planted_faults_are_caught():
    messages = dict(
        zip(FAULTS, ["classifier.weight is missing", "its labels are", "a logit differs by", "other weights"])
    )
    round_trip.check()
    assert [row["form"] for row in round_trip.rows] == ["loaded again", "alone", "merged"]
    assert all(
        row["same"] == 1 and row["difference"] < TOLERANCE and not (row["change"] and row["change"].value)
        for row in round_trip.rows
    )
    for name, change in FAULTS.items():
        with pytest.raises(RoundTripError, match=messages[name]):
            check_round_trip(expected, planted(name, change), minilm, data, config).check()


def test_what_is_flagged_is_not_chosen():
    sure, truth = np.eye(2)[[0, 1] * 500] * 4, np.array([0, 1] * 500)
    worse = sure.copy()
    worse[:8] = worse[:8, ::-1]

    def checked(*answers):
        return RoundTrip([compare_answers(sure, truth, ["bad", "good"], answer) for answer in answers], len(truth))

    names = ("bad", "good")
    plain, fast = Answer("loaded again", sure, 2.0, names), Answer("onnx-int8", sure + 0.1, 1.0, names)
    assert checked(plain, fast).backend == "onnx-int8" and checked(plain, replace(fast, seconds=3.0)).backend == "torch"
    flagged = checked(plain, replace(fast, logits=worse))
    assert flagged.backend == "torch" and "0.8 points lower" in flagged.rows[1]["flag"]
    change = flagged.rows[1]["change"]
    assert change.low < change.value == -0.008 < change.high < 0
    flagged.check()
    assert checked(plain, Answer("onnx", sure + 0.01, 1.0, names)).backend == "torch"
    unmerged = checked(plain, Answer("merged", why="method=prompt cannot be merged"))
    unmerged.check()
    checked(Answer("alone", sure[:4], 1.0, names, among=sure[:4])).check()
    with pytest.raises(RoundTripError, match="alone: a text alone has another answer than beside longer ones"):
        checked(Answer("alone", sure[:4], 1.0, names, among=np.add(sure[:4], [0.01, 0]))).check()
    with pytest.raises(RoundTripError, match="merged: out of memory"):
        checked(plain, Answer("merged", why="out of memory")).check()
