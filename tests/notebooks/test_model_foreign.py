"Written from nbs/model/foreign.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest
import torch
from peft import LoraConfig, get_peft_model
from transformers import BertConfig, BertForSequenceClassification, BertModel

from lorasent.model.encoder import load_encoder, quietly
from lorasent.model.foreign import load_foreign
from lorasent.model.saved import AdapterError

pytestmark = pytest.mark.xdist_group("model/foreign")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global adapter, base, bert, description, encoder, folder, made, model, o

    def bert(folder=None, kind=BertModel, width=16, layers=2, **more):
        "A random BERT in a folder, with the embedded encoder's tokenizer."
        folder = folder or tempfile.mkdtemp()
        shape = dict(hidden_size=width, intermediate_size=32, num_hidden_layers=layers, num_attention_heads=2)
        kind(BertConfig(vocab_size=30522, **shape, **more)).save_pretrained(folder)
        load_encoder("minilm").tokenizer.save_pretrained(folder)
        return folder

    def adapter(base, **more):
        "An adapter of PEFT's on it, with random weights."
        model = BertForSequenceClassification.from_pretrained(base, num_labels=3)
        told = dict(task_type="SEQ_CLS", r=2, target_modules=["query", "value"], init_lora_weights=False) | more
        folder = Path(tempfile.mkdtemp())
        adapted = quietly(lambda: get_peft_model(model, LoraConfig(**told))).eval()
        adapted.save_pretrained(folder)
        return folder, adapted

    torch.manual_seed(0)
    base = quietly(bert)
    folder, made = quietly(lambda: adapter(base))
    model, encoder, description = load_foreign(folder, label_names=["bad", "so so", "good"])
    encoder.max_length, description["method"], description["label_names"], sorted(o.name for o in folder.iterdir())


def test_load_foreign():
    inputs = encoder.tokenizer(["a lovely day", "rain"], padding=True, return_tensors="pt")
    with torch.inference_mode():
        assert torch.equal(model(**inputs).logits, made(**inputs).logits)
    head = quietly(lambda: bert(kind=BertForSequenceClassification, id2label={0: "no", 1: "yes"}))
    found, _, told = load_foreign(Path(head))
    assert told["label_names"] == ["no", "yes"] and found.config.num_labels == 2
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
        (dict(encoder=base), "does not say what its labels are called"),
    ):
        with pytest.raises(AdapterError, match=why):
            load_foreign(folder, **wrong)
    headless, _ = quietly(lambda: adapter(base, task_type=None))
    with pytest.raises(AdapterError, match="saved without its head"):
        load_foreign(headless, label_names=names)
    with pytest.raises(AdapterError, match="without a classification head"):
        load_foreign(Path(base))
