"Written from nbs/training/seed_runs.ipynb by `make export`: edit there."

import tempfile

import numpy as np
import pytest
from stories import story

from lorasent.inference.classifier import SentimentClassifier
from lorasent.training.seed_runs import RECORD, best_seed_run, tidy_seed_runs, train_seed_runs

pytestmark = [pytest.mark.xdist_group("training/seed_runs"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global config, data, kept, minilm, place, seed_runs
    [config, data, kept, minilm, place, seed_runs] = story("training/seed_runs").take(
        "config", "data", "kept", "minilm", "place", "seed_runs"
    )


def test_seed_runs_are_kept_and_not_trained_again():
    again = train_seed_runs(None, None, config, place)  # without rows there is nothing to train with
    assert [o.seed for o in again] == [0, 1] and best_seed_run(again, config).seed == kept.seed
    for one, other in zip(seed_runs, again):
        assert one.fit.epochs == other.fit.epochs and np.array_equal(one.expected, other.expected)
    assert not np.array_equal(seed_runs[0].expected, seed_runs[1].expected)
    (seed_runs[1].folder / RECORD).unlink()  # as if it had been cut
    retrained = train_seed_runs(minilm, data, config, place)[1]
    assert (
        np.array_equal(retrained.expected, seed_runs[1].expected) and retrained.fit.weights == seed_runs[1].fit.weights
    )


def test_a_seed_run_is_the_run_with_its_seed():
    [alone] = train_seed_runs(minilm, data, config.model_copy(update=dict(seed=1, seeds=1)), tempfile.mkdtemp())
    assert np.array_equal(alone.expected, seed_runs[1].expected) and alone.fit.weights == seed_runs[1].fit.weights
    loaded = SentimentClassifier.load(alone.saved)
    assert loaded.label_names == ["bad", "good"]
    tidy_seed_runs(place, seed_runs)
    assert place.exists()
    tidy_seed_runs(alone.folder.parent, [alone])
    assert not alone.folder.exists()
