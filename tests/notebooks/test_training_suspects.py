"Written from nbs/training/suspects.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from stories import story

from lorasent.training.suspects import SuspectsError, _folds, check_suspects, unseen_probabilities

pytestmark = [pytest.mark.xdist_group("training/suspects"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global config, data, found, labels, source, truth
    [config, data, found, labels, source, truth] = story("training/suspects").take(
        "config", "data", "found", "labels", "source", "truth"
    )


def test_find_suspects():
    wrong = set(np.flatnonzero(labels != truth) + 1)
    looked_at = {int(o) for split in ("train", "validation") for o in getattr(data, split)["id"][:]}
    planted, flagged = wrong & looked_at, {int(o) for o in found["id"]}
    assert len(planted & flagged) / len(flagged) > 0.8 and len(planted & flagged) / len(planted) > 0.8
    assert not (flagged - looked_at)  # no test rows
    assert pd.read_csv(source.with_name("suspects.csv")).shape == found.shape
    assert [path.name for path in source.parent.iterdir() if path.name.startswith(".")] == []


def test_it_goes_on_with_the_folds_that_are_missing():
    place = Path(tempfile.mkdtemp())
    once = unseen_probabilities(None, data, config, 3, place)
    (place / "fold-2.npz").unlink()
    before = (place / "fold-1.npz").stat().st_mtime_ns
    again = unseen_probabilities(None, data, config, 3, place)
    assert np.array_equal(once["train"], again["train"]) and (place / "fold-1.npz").stat().st_mtime_ns == before


def test_what_cannot_be_looked_for():
    for output, why in (("a.txt", "not a CSV file"), ("nowhere/a.csv", "no folder"), (source, "already exists")):
        with pytest.raises(SuspectsError, match=why):
            check_suspects(config, Path(output))
    with pytest.raises(SuspectsError, match="too few for 5 folds"):
        _folds(np.array([0] * 50 + [1] * 3), 5, 0)
