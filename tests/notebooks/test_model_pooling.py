"Written from nbs/model/pooling.ipynb by `make export`: edit there."

import copy
import pickle

import pytest
import torch
from stories import story

from lorasent.model.pooling import _WAYS, pool

pytestmark = [pytest.mark.xdist_group("model/pooling"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global model
    [model] = story("model/pooling").take("model")


def test_padding_counts_for_nothing():
    texts, lengths = torch.randn(3, 5, 4, generator=torch.Generator().manual_seed(0)), [5, 3, 1]
    for pooling in _WAYS:
        alone = torch.cat([pool(texts[[i], :n], torch.ones(1, n), pooling) for i, n in enumerate(lengths)])
        right = torch.tensor([[1] * n + [0] * (5 - n) for n in lengths])
        left = torch.stack([torch.roll(text, 5 - n, 0) for text, n in zip(texts, lengths)])
        assert torch.allclose(pool(texts, right, pooling), alone, atol=1e-6)
        assert torch.allclose(pool(left, right.flip(1), pooling), alone, atol=1e-6)


def test_a_copy_and_a_pickle_answer_the_same():
    ids = torch.tensor([[1, 2, 3]])
    for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert type(other) is type(model) and torch.equal(other(ids).logits, model(ids).logits)


def test_it_learns_as_others_do():
    found = model(torch.tensor([[1, 2, 3]]), labels=torch.tensor([2]))
    assert found.loss.item() == pytest.approx(-found.logits.log_softmax(1)[0, 2].item(), abs=1e-6)
