"Written from nbs/model/proof.ipynb by `make export`: edit there."

from dataclasses import replace

import numpy as np
import pytest
from stories import story

from lorasent.model.proof import TOLERANCE, Answer, Proof, ProofError, compare_answers, prove

pytestmark = [pytest.mark.xdist_group("model/proof"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global FAULTS, config, data, expected, minilm, planted, proof
    [FAULTS, config, data, expected, minilm, planted, proof] = story("model/proof").take(
        "FAULTS", "config", "data", "expected", "minilm", "planted", "proof"
    )


def test_planted_faults_are_caught():
    says = dict(zip(FAULTS, ["classifier.weight is missing", "its labels are", "a logit differs by", "other weights"]))
    proof.check()
    assert [o["form"] for o in proof.rows] == ["loaded again", "merged"]
    assert all(o["same"] == 1 and o["difference"] < TOLERANCE and o["change"].value == 0 for o in proof.rows)
    for name, change in FAULTS.items():
        with pytest.raises(ProofError, match=says[name]):
            prove(expected, planted(name, change), minilm, data, config).check()


def test_what_is_flagged_is_not_chosen():
    sure, truth = np.eye(2)[[0, 1] * 500] * 4, np.array([0, 1] * 500)
    worse = sure.copy()
    worse[:8] = worse[:8, ::-1]

    def told(*answers):
        return Proof([compare_answers(sure, truth, ["bad", "good"], o) for o in answers], len(truth))

    names = ("bad", "good")
    plain, fast = Answer("loaded again", sure, 2.0, names), Answer("onnx-int8", sure + 0.1, 1.0, names)
    assert told(plain, fast).backend == "onnx-int8" and told(plain, replace(fast, seconds=3.0)).backend == "torch"
    flagged = told(plain, replace(fast, logits=worse))
    assert flagged.backend == "torch" and "0.8 points lower" in flagged.rows[1]["flag"]
    change = flagged.rows[1]["change"]
    assert change.low < change.value == -0.008 < change.high < 0
    flagged.check()
    assert told(plain, Answer("onnx", sure + 0.01, 1.0, names)).backend == "torch"
    unmerged = told(plain, Answer("merged", why="method=prompt cannot be merged"))
    unmerged.check()
    with pytest.raises(ProofError, match="merged: out of memory"):
        told(plain, Answer("merged", why="out of memory")).check()
