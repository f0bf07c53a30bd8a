"Written from nbs/model/passes.ipynb by `make export`: edit there."

import numpy as np
import pytest
import torch
from stories import story

from lorasent.model.passes import collate, mean_vectors, pooled_logits

pytestmark = [pytest.mark.xdist_group("model/passes"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global in_windows, minilm, model, text
    [in_windows, minilm, model, text] = story("model/passes").take("in_windows", "minilm", "model", "text")


def test_windows_are_averaged():
    model.eval()
    with torch.inference_mode():
        parts = [
            pooled_logits(model, collate(in_windows, [dict(input_ids=[o])]))
            for o in in_windows.tokenize([text])["input_ids"][0]
        ]
        together = pooled_logits(
            model,
            collate(in_windows, [dict(input_ids=o) for o in in_windows.tokenize([text, "short"])["input_ids"]]),
        )
    batch = collate(in_windows, [dict(input_ids=o) for o in in_windows.tokenize([text, "short"])["input_ids"]])
    assert (batch["input_ids"].shape, batch["owner"].tolist()) == (torch.Size([3, 8]), [0, 0, 1])
    assert torch.allclose(together[0], (parts[0][0] + parts[1][0]) / 2, atol=1e-5)


def test_mean_vectors():
    texts = ["a", "a much longer text about nothing in particular", "b c"]
    together, alone = mean_vectors(minilm, texts), np.concatenate([mean_vectors(minilm, [o]) for o in texts])
    assert together.shape == (3, 384) and np.abs(together - alone).max() < 1e-5
    read = mean_vectors(in_windows, [text, "short"])
    assert read.shape == (2, 384) and np.abs(read - mean_vectors(minilm, [text, "short"]))[0].max() > 1e-3
