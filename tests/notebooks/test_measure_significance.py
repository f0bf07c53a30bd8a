"Written from nbs/measure/significance.ipynb by `make export`: edit there."

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats
from stories import story

from lorasent.measure.metrics import RESAMPLES, score
from lorasent.measure.significance import compare_probabilities, compare_samples, holm, mcnemar, over_seeds

pytestmark = [pytest.mark.xdist_group("measure/significance")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global both_intervals, labels, strong, weak
    [both_intervals, labels, strong, weak] = story("measure/significance").take(
        "both_intervals", "labels", "strong", "weak"
    )


def test_folds_that_differ_make_an_interval_wider():
    alike = np.tile(np.arange(60) < 48, 5)  # each fold is right 48 times of 60
    by_rows, counted = both_intervals(alike)
    assert counted == by_rows
    by_rows, counted = both_intervals(np.repeat([True] * 4 + [False], 60))
    assert counted.high - counted.low > 2 * (by_rows.high - by_rows.low)


def test_the_interval_is_that_of_a_paired_bootstrap():
    from scipy.stats import bootstrap

    one, two = (np.argmax(o[0], axis=1) for o in (weak, strong))
    found = compare_probabilities(labels, weak[:1], strong[:1])
    right = ((two == labels).astype(float) - (one == labels),)
    expected = bootstrap(right, np.mean, n_resamples=5000, method="percentile", rng=np.random.default_rng(1))
    assert found["accuracy"].low == pytest.approx(expected.confidence_interval.low, abs=0.003)
    assert found["accuracy"].high == pytest.approx(expected.confidence_interval.high, abs=0.003)
    per_row = np.log(weak[0][np.arange(1000), labels]) - np.log(strong[0][np.arange(1000), labels])
    assert found["log_loss"].difference == pytest.approx(per_row.mean())
    width = found["log_loss"].high - found["log_loss"].low
    assert width == pytest.approx(2 * 1.96 * per_row.std() / 1000**0.5, rel=0.08)
    assert [found[o].outcome for o in ("accuracy", "log_loss")] == ["better", "better"]  # less loss is better
    assert compare_probabilities(labels, strong, weak)["log_loss"].outcome == "worse"


def test_seeds_count():
    rows = np.zeros((3, RESAMPLES))
    first, second = (np.hstack([np.array(o)[:, None], rows]) for o in ([0.70, 0.71, 0.72], [0.71, 0.72, 0.73]))
    expected = stats.ttest_ind(second[:, 0], first[:, 0])
    found = compare_samples("accuracy", first, second, rows=10**9)  # so many rows that they owe nothing
    assert found.p_value == pytest.approx(expected.pvalue)
    assert (found.low, found.high) == pytest.approx(tuple(expected.confidence_interval()))
    assert found.outcome == "no difference shown" and found.sentence("a", "b").startswith(
        "No difference shown between a and b"
    )
    found = over_seeds(labels, strong)["accuracy"]
    seed_runs = [float((o.argmax(axis=1) == labels).mean()) for o in strong]
    assert found["mean"] == pytest.approx(np.mean(seed_runs), abs=1e-6)
    assert found["deviation"] == pytest.approx(np.std(seed_runs, ddof=1), abs=1e-6)
    one = score(labels, strong[0])["accuracy"]
    assert found["high"] - found["low"] > 0.8 * (one.high - one.low)  # three seeds do not make more rows
    alone = compare_samples("accuracy", first[:1], first[:1], rows=10)
    assert alone.difference == 0 and alone.p_value == 1 and alone.outcome == "no difference shown"


def test_several_are_corrected_for():
    results = [compare_samples("accuracy", np.zeros((1, 1001)), np.zeros((1, 1001)), 10) for _ in range(4)]
    p_values = [0.01, 0.04, 0.03, 0.005]
    found = holm([replace(o, p_value=p) for o, p in zip(results, p_values)])
    assert [o.p_value for o in found] == pytest.approx([0.03, 0.06, 0.06, 0.02])  # as in R's p.adjust


def test_mcnemar():
    truth, one, two = np.zeros(30, int), np.repeat([0, 1, 1], [10, 15, 5]), np.repeat([0, 1, 0], [7, 6, 17])
    only_first, only_second, p_value = mcnemar(truth, one, two)
    assert (only_first, only_second) == (3, 17)
    assert p_value == pytest.approx(2 * stats.binom.cdf(3, 20, 0.5))
    assert mcnemar(truth, one, one) == (0, 0, 1.0)
