"Written from nbs/measure/metrics.ipynb by `make export`: edit there."

import tracemalloc

import numpy as np
import pytest
from sklearn import metrics as sk
from stories import story

from lorasent.estimates import Estimate
from lorasent.measure.metrics import (
    METRICS,
    auroc,
    calibration,
    class_scores,
    confused_pairs,
    confusion_counts,
    confusion_matrix,
    confusion_scores,
    headline,
    one_class,
    row_losses,
    score,
    score_by,
    score_predictions,
    score_shared,
)

pytestmark = [pytest.mark.xdist_group("measure/metrics")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global guesses, labels, probabilities
    [guesses, labels, probabilities] = story("measure/metrics").take("guesses", "labels", "probabilities")


def test_confusion_scores():
    confusion = confusion_matrix(labels, guesses, 3)
    scores = confusion_scores(confusion)
    assert scores["accuracy"] == pytest.approx(sk.accuracy_score(labels, guesses), abs=1e-5)
    assert scores["macro_f1"] == pytest.approx(sk.f1_score(labels, guesses, average="macro"), abs=1e-5)
    assert scores["mcc"] == pytest.approx(sk.matthews_corrcoef(labels, guesses), abs=1e-5)
    assert class_scores(confusion)["recall"] == pytest.approx(sk.recall_score(labels, guesses, average=None), abs=1e-5)


def test_auroc():
    assert auroc(labels, probabilities)[0] == pytest.approx(
        sk.roc_auc_score(labels, probabilities, multi_class="ovr"), abs=1e-5
    )
    assert row_losses(labels, probabilities).mean() == pytest.approx(sk.log_loss(labels, probabilities), abs=1e-5)
    drawn = np.random.default_rng(1).integers(0, 200, 200)
    assert auroc(labels, probabilities, np.bincount(drawn, minlength=200)[None])[0] == pytest.approx(
        sk.roc_auc_score(labels[drawn], probabilities[drawn], multi_class="ovr"), abs=1e-5
    )


def test_score():
    result = score(labels, probabilities)
    assert list(result) == METRICS
    assert all(o.low < o.value < o.high for o in result.values())
    assert score(labels, probabilities) == result  # the same seed, the same interval
    assert score([1, 1], [[0.1, 0.9], [0.2, 0.8]])["auroc"] == Estimate(None)  # one class: undefined, not perfect
    # the interval of an accuracy is that of a share: 1.96 standard errors
    wide = score_shared(confusion_counts([0] * 500, [0] * 400 + [1] * 100, 2))["accuracy"]
    assert wide.high - wide.low == pytest.approx(2 * 1.96 * (0.8 * 0.2 / 500) ** 0.5, abs=0.006)
    few = score_predictions([0, 1] * 10, [0, 1] * 10, 2)  # all right, which is no proof
    assert 0.85 < few["accuracy"].low < 0.9 and few["accuracy"].high == 1 and few["macro_f1"].low < few["accuracy"].low


def test_score_of_many_classes():
    "A row of the square of the number of classes for each test row would take 3.8 GB."
    generator = np.random.default_rng(0)
    truth, given = generator.integers(0, 400, 3000), generator.dirichlet(np.ones(400), 3000)
    tracemalloc.start()
    found = score(truth, given)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 1 << 29 and found["auroc"].low < 0.5 < found["auroc"].high


def test_auroc_of_many_rows_with_ties():
    generator = np.random.default_rng(0)
    truth, given = generator.integers(0, 2, 3000), generator.random(3000).round(2)
    found = auroc(truth, np.stack([1 - given, given], axis=1))[0]
    assert found == pytest.approx(sk.roc_auc_score(truth, given), abs=1e-9)


def test_confused_pairs():
    pairs = confused_pairs([0, 0, 0, 1, 2], [1, 1, 0, 1, 0], ["a", "b", "c"]).rows
    assert [(pair["label"], pair["predicted"], pair["rows"]) for pair in pairs] == [("a", "b", 2), ("c", "a", 1)]
    assert pairs[0]["share of the label's rows"] == pytest.approx(2 / 3, abs=1e-5)


def test_one_class():
    assert "'good'" in one_class([1, 1], ["bad", "good"]) and one_class([0, 1], ["bad", "good"]) is None


def test_score_by():
    halves = score_by(["a"] * 100 + ["b"] * 100, lambda rows: headline(labels[rows], probabilities[rows]))
    assert halves["b"]["accuracy"] == pytest.approx(
        sk.accuracy_score(labels[100:], probabilities[100:].argmax(1)), abs=1e-5
    )


def test_calibration():
    error, found = calibration([0, 0, 1, 1], [[0.95, 0.05]] * 4)
    assert error == pytest.approx(0.45, abs=1e-5)
    assert found[0]["rows"] == 4
