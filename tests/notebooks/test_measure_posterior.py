"Written from nbs/measure/posterior.ipynb by `make export`: edit there."

import numpy as np
import pytest

from lorasent.measure.posterior import middle, unseen_answers

pytestmark = [pytest.mark.xdist_group("measure/posterior")]


def test_the_interval_of_a_share_is_that_of_jeffreys():
    from scipy.stats import beta

    for hits, rows in ((20, 20), (17, 20), (80, 100)):
        right, wrong = unseen_answers(1, 200_000, np.random.default_rng(1))[:, 0]
        right = right + np.random.default_rng(2).standard_gamma(hits, 200_000)
        wrong = wrong + np.random.default_rng(3).standard_gamma(rows - hits, 200_000)
        found, expected = (
            middle(hits / rows, right / (right + wrong)),
            beta.ppf([0.025, 0.975], hits + 0.5, rows - hits + 0.5),
        )
        assert found.low == pytest.approx(expected[0], abs=0.002)
        assert found.high == pytest.approx(max(expected[1], hits / rows), abs=0.002)
