"Written from nbs/tutorials/distilbert.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest

from lorasent import load_config, load_data
from lorasent.model.encoder import EncoderError, load_encoder
from lorasent.model.making import build_model, encoder_for, parameter_table

pytestmark = pytest.mark.xdist_group("tutorials/distilbert")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global config, data, encoder, fit, model, name, real, small_distilbert

    def small_distilbert() -> str:
        "A folder with DistilBERT's shape, two layers of 32, and random weights."
        import torch
        from transformers import DistilBertConfig, DistilBertModel

        folder = Path(tempfile.mkdtemp()) / "small-distilbert"
        torch.manual_seed(0)
        shape = DistilBertConfig(vocab_size=30522, dim=32, hidden_dim=64, n_layers=2, n_heads=2)
        DistilBertModel(shape).save_pretrained(folder)
        load_encoder("minilm").tokenizer.save_pretrained(folder)  # the same uncased WordPiece vocabulary
        return str(folder)

    try:
        name = "distilbert-base-uncased"
        load_encoder(name)
    except EncoderError as error:
        print(str(error).partition(", nor in the cache")[0], "…")
        name = small_distilbert()
    real = name == "distilbert-base-uncased"
    "the real one" if real else "a small one of its shape, with random weights"
    config = load_config(
        dataset="snippets", encoder=name, limit=200, max_length=48, epochs=1, target_modules="attention"
    )
    data, encoder = load_data(config), encoder_for(config)
    model = build_model(encoder, data, config)
    parameter_table(model.counts())
    fit = model.fit(data, config)
    fit.history()


@pytest.mark.slow
def test_it_trains():
    assert fit.epochs and model.counts()["adapter"] > 0 and real == (name == "distilbert-base-uncased")
