"Written from nbs/measure/confidence.ipynb by `make export`: edit there."

import numpy as np
import pytest
from stories import story

from lorasent.measure.confidence import apply_temperature, confidence_scores, risk_coverage, threshold_for

pytestmark = [pytest.mark.xdist_group("measure/confidence")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global after, answered, before, temperature, test
    [after, answered, before, temperature, test] = story("measure/confidence").take(
        "after", "answered", "before", "temperature", "test"
    )


def test_temperature():
    assert temperature == pytest.approx(2.5, rel=0.1)
    assert after["calibration_error"].high < before["calibration_error"].low
    assert after["brier"].value < before["brier"].value
    assert np.array_equal(apply_temperature(test[1], temperature).argmax(1), test[1].argmax(1))
    assert apply_temperature(test[1], 1) == pytest.approx(test[1])
    assert apply_temperature([[1.0, 0.0]], 2)[0] == pytest.approx([1, 0])  # what is certain stays so, and is a number


def test_scores():
    labels, sure = np.array([0, 0, 1, 1]), np.array([[0.8, 0.2]] * 4)
    found = confidence_scores(labels, sure)
    assert found["calibration_error"].value == pytest.approx(0.3)
    assert found["brier"].value == pytest.approx((2 * 0.08 + 2 * 1.28) / 4)


def test_when_to_say_nothing():
    labels = np.array([0, 0, 0, 1, 0, 1])
    sure = np.array([0.99, 0.9, 0.8, 0.8, 0.7, 0.6])
    probabilities = np.stack([sure, 1 - sure], axis=1)
    coverage, right = risk_coverage(labels, probabilities)[1:]
    assert right.tolist() == pytest.approx([1, 1, 1, 3 / 4, 4 / 5, 4 / 6]) and coverage[-1] == 1
    assert threshold_for(labels, probabilities, 0.9) == 0.9  # not 0.8: of the two rows there one is wrong
    assert threshold_for(labels, probabilities, 0.8) == 0.7
    assert threshold_for(labels, probabilities, 0.6) == 0.0
    assert threshold_for(1 - labels, probabilities[:, :1].repeat(2, 1) * [1, 0.5], 0.9) is None
    assert abs((test[1].argmax(axis=1) == test[0])[answered].mean() - 0.9) < 0.02
