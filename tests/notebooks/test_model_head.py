"Written from nbs/model/head.ipynb by `make export`: edit there."

import pytest
import torch
from stories import story

from lorasent.model.encoder import load_encoder
from lorasent.model.head import build_classifier

pytestmark = [pytest.mark.xdist_group("model/head"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global bert, distilbert, minilm
    [bert, distilbert, minilm] = story("model/head").take("bert", "distilbert", "minilm")


def test_heads_of_other_encoders():
    assert build_classifier(load_encoder(distilbert, precision="fp32"), ["a", "b"]).head_modules == [
        "classifier",
        "pre_classifier",
    ]
    assert build_classifier(load_encoder(bert, precision="fp32"), ["a", "b"]).head_modules == [
        "bert.pooler.dense",
        "classifier",
    ]
    assert {
        o.p
        for o in build_classifier(minilm, ["a", "b"], encoder_dropout=0.0).modules()
        if isinstance(o, torch.nn.Dropout)
    } == {0.0}
    assert build_classifier(load_encoder("minilm", precision="bf16"), ["a", "b"]).dtype == torch.bfloat16
