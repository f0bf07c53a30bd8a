"Written from nbs/model/members.ipynb by `make export`: edit there."

import tempfile

import numpy as np
import pytest
from stories import story

from lorasent.model.inference import SentimentClassifier
from lorasent.model.members import RECORD, best_member, tidy_members, train_members

pytestmark = [pytest.mark.xdist_group("model/members"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global config, data, kept, members, minilm, place
    [config, data, kept, members, minilm, place] = story("model/members").take(
        "config", "data", "kept", "members", "minilm", "place"
    )


def test_members_are_kept_and_not_trained_again():
    again = train_members(None, None, config, place)  # without rows there is nothing to train with
    assert [o.seed for o in again] == [0, 1] and best_member(again, config).seed == kept.seed
    for one, other in zip(members, again):
        assert one.fit.epochs == other.fit.epochs and np.array_equal(one.expected, other.expected)
    assert not np.array_equal(members[0].expected, members[1].expected)
    (members[1].folder / RECORD).unlink()  # as if it had been cut
    retrained = train_members(minilm, data, config, place)[1]
    assert np.array_equal(retrained.expected, members[1].expected) and retrained.fit.weights == members[1].fit.weights


def test_a_member_is_the_run_with_its_seed():
    [alone] = train_members(minilm, data, config.model_copy(update=dict(seed=1, seeds=1)), tempfile.mkdtemp())
    assert np.array_equal(alone.expected, members[1].expected) and alone.fit.weights == members[1].fit.weights
    loaded = SentimentClassifier.load(alone.saved)
    assert loaded.label_names == ["bad", "good"]
    tidy_members(place, members)
    assert place.exists()
    tidy_members(alone.folder.parent, [alone])
    assert not alone.folder.exists()
