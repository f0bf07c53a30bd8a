"Written from nbs/data/splits.ipynb by `make export`: edit there."

import re

import numpy as np
import pytest
from stories import story

from lorasent.data.splits import SplitError, _quotas, choose_fold, choose_newest, choose_rows, groups_of

pytestmark = [pytest.mark.xdist_group("data/splits")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global chosen, keys, pairs, strata
    [chosen, keys, pairs, strata] = story("data/splits").take("chosen", "keys", "pairs", "strata")


def test_groups_of():
    assert groups_of(["a", "a", "b", "c"], [1, 2, 2, 3]).tolist() == [0, 0, 0, 1]
    assert groups_of([5, 5, 1]).tolist() == [1, 1, 0]


def test_quotas():
    assert _quotas(np.array([700, 200, 100]), 33).tolist() == [23, 7, 3]
    assert _quotas(np.array([1, 1, 8]), 5).sum() == 5


def test_smallest_group():
    assert np.bincount(strata[chosen]).tolist() == [70, 20, 10]
    shuffled = np.random.default_rng(0).permutation(1000)
    assert set(keys[chosen]) == set(
        keys[shuffled][choose_rows(strata[shuffled], keys[shuffled], 100)]
    )  # the order of the rows does not matter
    assert set(keys[chosen]) != set(keys[choose_rows(strata, keys, 100, seed=1)])
    with pytest.raises(SplitError, match=re.escape("one group")):
        choose_rows([0, 1], [1, 2], 1, groups=np.array([0, 0]))
    whole = choose_rows(strata, keys, 100, groups=pairs)
    assert not set(pairs[whole]) & set(pairs[~whole]) and abs(whole.sum() - 100) <= 2


def test_choose_newest():
    folds = np.array([choose_fold(strata, keys, 3, fold) for fold in range(3)])
    assert folds.sum(0).tolist() == [1] * 1000
    assert all(abs(np.bincount(strata[fold]) * 3 - [700, 200, 100]).max() < 3 for fold in folds)
    assert np.flatnonzero(choose_newest([3, 1, 5, 4], [0, 0, 0, 0], 2)).tolist() == [2, 3]
    grouped = np.array([choose_fold(strata, keys, 4, fold, groups=pairs) for fold in range(4)])
    assert grouped.sum(0).tolist() == [1] * 1000
    with pytest.raises(SplitError, match=re.escape("fewer groups than folds")):
        choose_fold([0, 0, 1], [1, 2, 3], 3, 0, groups=np.array([0, 0, 1]))
