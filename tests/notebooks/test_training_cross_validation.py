"Written from nbs/training/cross_validation.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import numpy as np
import pytest
from stories import story

from lorasent.data.loading import load_data
from lorasent.training.cross_validation import cross_validate, trained_classifier

pytestmark = [pytest.mark.xdist_group("training/cross_validation"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global answered, config, data, source
    [answered, config, data, source] = story("training/cross_validation").take("answered", "config", "data", "source")


def test_a_fold_is_the_run_on_that_fold():
    assert sorted(data.test["id"][:]) == sorted([*data.train["id"][:], *data.validation["id"][:]])
    for number, fold in enumerate(data.folds):
        alone = load_data(config.model_copy(update=dict(cv=None, folds=5, fold=number)))
        assert alone.fingerprint == fold.fingerprint
        classifier, _ = trained_classifier(None, alone, config)
        answers = classifier.probabilities(alone.test["text"][:])
        assert np.array_equal(answers, answered.probabilities[data.fold_of == number])


def test_it_goes_on_with_the_folds_that_are_missing():
    place = Path(tempfile.mkdtemp())
    once = cross_validate(None, data, config, place)
    (place / "fold-2.npz").unlink()
    before = (place / "fold-1.npz").stat().st_mtime_ns
    again = cross_validate(None, data, config, place)
    assert np.array_equal(once.probabilities, again.probabilities) and set(once.baselines) == {"majority class"}
    assert (place / "fold-1.npz").stat().st_mtime_ns == before
    assert cross_validate(None, load_data(str(source)), config) is None
