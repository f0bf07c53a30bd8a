"Written from nbs/inference/foreign.ipynb by `make export`: edit there."

from pathlib import Path

import pytest
import torch
from stories import story
from transformers import BertForSequenceClassification

from lorasent.inference.foreign import load_foreign
from lorasent.model.encoder import quietly
from lorasent.model.saved import AdapterError

pytestmark = [pytest.mark.xdist_group("inference/foreign"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global adapter, base, bert, encoder, folder, made, model
    [adapter, base, bert, encoder, folder, made, model] = story("inference/foreign").take(
        "adapter", "base", "bert", "encoder", "folder", "made", "model"
    )


def test_load_foreign():
    inputs = encoder.tokenizer(["a lovely day", "rain"], padding=True, return_tensors="pt")
    with torch.inference_mode():
        assert torch.equal(model(**inputs).logits, made(**inputs).logits)
    head = quietly(lambda: bert(kind=BertForSequenceClassification, id2label={0: "no", 1: "yes"}))
    found, _, description = load_foreign(Path(head))
    assert description["label_names"] == ["no", "yes"] and found.config.num_labels == 2
    other = quietly(lambda: BertForSequenceClassification.from_pretrained(head).eval())
    with torch.inference_mode():
        assert torch.equal(found(**inputs).logits, other(**inputs).logits)


def test_what_does_not_fit():
    names = ["bad", "so so", "good"]
    wide, deep = quietly(lambda: bert(width=32)), quietly(lambda: bert(layers=3))
    for wrong, why in (
        (dict(encoder=wide, label_names=names), "is 2 x 16 there, and would be 2 x 32"),
        (dict(encoder=deep, label_names=names), "the adapter has nothing for bert.encoder.layer.2"),
        (dict(encoder=base, label_names=["bad", "good"]), "is for 3 labels, and 2 are named"),
        (dict(encoder=base), "has no label names"),
    ):
        with pytest.raises(AdapterError, match=why):
            load_foreign(folder, **wrong)
    headless, _ = quietly(lambda: adapter(base, task_type=None))
    with pytest.raises(AdapterError, match="saved without its head"):
        load_foreign(headless, label_names=names)
    with pytest.raises(AdapterError, match="without a classification head"):
        load_foreign(Path(base))
