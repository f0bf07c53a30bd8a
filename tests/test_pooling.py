"Each pooling on each kind of encoder: the answer of a model is the same saved, merged and exported."

import json
import re

import numpy as np
import pytest
import torch
import transformers as t
from conftest import save_encoder

from lorasent.inference.classifier import SentimentClassifier
from lorasent.inference.export import export_model
from lorasent.model.encoder import EncoderError, load_encoder
from lorasent.model.head import build_classifier
from lorasent.model.methods import apply_method, save_network

pytestmark = pytest.mark.torch
SMALL = dict(vocab_size=30522, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
ENCODERS = dict(
    bert=lambda: t.BertModel(t.BertConfig(**SMALL)),
    distilbert=lambda: t.DistilBertModel(
        t.DistilBertConfig(vocab_size=30522, dim=32, hidden_dim=64, n_layers=2, n_heads=2)
    ),
    mpnet=lambda: t.MPNetModel(t.MPNetConfig(**SMALL)),
    decoder=lambda: t.LlamaModel(t.LlamaConfig(**SMALL, pad_token_id=0)),
)
TEXTS = ["rain", "a lovely long lunch of bread and soup in the sun", "an awful day, and rain again"]


@pytest.fixture(scope="module", params=ENCODERS)
def folder(request, tmp_path_factory):
    "An encoder of random weights, saved."
    torch.manual_seed(0)
    return save_encoder(ENCODERS[request.param](), tmp_path_factory.mktemp(request.param) / "encoder")


def moved(encoder):
    "A classifier whose adapter is as if it had been trained."
    torch.manual_seed(1)
    model = apply_method(build_classifier(encoder, ["bad", "fair", "good"]), rank=2)
    for name, part in model.named_parameters():
        if "lora_B" in name:
            torch.nn.init.normal_(part, std=0.2)
    return model.eval()


@pytest.mark.parametrize("pooling", ["pooler", "cls", "mean", "last", "both"])
def test_saved_merged_and_exported(folder, tmp_path, pooling):
    how = dict(max_length=8, window_overlap=2, long_text="windows", precision="fp32", attention="sdpa")
    encoder = load_encoder(str(folder), pooling=pooling, **how)
    expected = SentimentClassifier(model := moved(encoder), encoder, ["bad", "fair", "good"]).probabilities(TEXTS)
    saved = save_network(model, encoder, tmp_path / "adapter")
    for form in (saved, *(export_model(saved, to, tmp_path / to) for to in ("merged", "onnx"))):
        again = SentimentClassifier.load(form)
        assert np.abs(again.probabilities(TEXTS) - expected).max() < 1e-5, form
        alone = [again.probabilities([text])[0] for text in TEXTS]
        assert np.abs(np.array(alone) - expected).max() < 1e-5, form


def test_a_model_from_before_there_was_a_choice(folder, tmp_path):
    "Its description says nothing of a pooling: it is its architecture's own."
    encoder = load_encoder(str(folder), max_length=8, precision="fp32", attention="sdpa", pooling="pooler")
    saved = save_network(model := moved(encoder), encoder, tmp_path / "adapter")
    facts = json.loads((saved / "lorasent.json").read_text())
    del facts["pooling"]
    (saved / "lorasent.json").write_text(json.dumps(facts))
    expected = SentimentClassifier(model, encoder, ["bad", "fair", "good"]).probabilities(TEXTS)
    assert np.abs(SentimentClassifier.load(saved).probabilities(TEXTS) - expected).max() < 1e-6


def test_auto_asks_what_the_encoder_was_trained_for(folder):
    assert load_encoder(str(folder)).pooling == "pooler"
    (folder / "modules.json").write_text("[]")
    assert load_encoder(str(folder)).pooling == "both"
    assert load_encoder(str(folder), keep_head=True).pooling == "pooler"
    (folder / "modules.json").unlink()


def test_a_merged_head_is_trained_further_with_its_pooling(folder, tmp_path):
    encoder = load_encoder(str(folder), max_length=8, precision="fp32", attention="sdpa", pooling="mean")
    merged = export_model(save_network(moved(encoder), encoder, tmp_path / "adapter"), "merged", tmp_path / "merged")
    again = load_encoder(str(merged), max_length=8, precision="fp32", attention="sdpa", keep_head=True)
    expected = SentimentClassifier.load(merged).probabilities(TEXTS)
    further = build_classifier(again, ["bad", "fair", "good"], keep_head=True).eval()
    found = SentimentClassifier(further, again, ["bad", "fair", "good"]).probabilities(TEXTS)
    assert again.pooling == "mean" and np.abs(found - expected).max() < 1e-6
    other = load_encoder(str(merged), max_length=8, precision="fp32", pooling="cls")
    with pytest.raises(EncoderError, match=re.escape("was trained with pooling=mean, not cls")):
        build_classifier(other, ["bad", "fair", "good"], keep_head=True)


def test_an_encoder_that_cannot_is_refused(tmp_path):
    sizes = dict(vocab_size=30522, d_model=16, encoder_layers=1, decoder_layers=1, encoder_attention_heads=2)
    config = t.BartConfig(**sizes, decoder_attention_heads=2, encoder_ffn_dim=32, decoder_ffn_dim=32)
    place = save_encoder(t.BartModel(config), tmp_path / "bart")
    assert load_encoder(str(place)).pooling == "pooler"
    with pytest.raises(EncoderError, match="pooling=mean cannot be used with encoder"):
        load_encoder(str(place), pooling="mean")
