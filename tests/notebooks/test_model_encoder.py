"Written from nbs/model/encoder.ipynb by `make export`: edit there."

import os
import re
import tempfile

import numpy as np
import pytest
import torch
from stories import story

from lorasent.fetch import sha256
from lorasent.model.encoder import (
    _MINILM_WEIGHTS,
    MAX_WINDOWS,
    EncoderError,
    build_classifier,
    collate,
    find_encoder,
    load_encoder,
    mean_vectors,
    pooled_logits,
)

pytestmark = [pytest.mark.xdist_group("model/encoder"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global bert, distilbert, minilm, model, text, ways
    [bert, distilbert, minilm, model, text, ways] = story("model/encoder").take(
        "bert", "distilbert", "minilm", "model", "text", "ways"
    )


def test_find_encoder():
    assert sha256(find_encoder("minilm") / "model.safetensors") == _MINILM_WEIGHTS
    os.environ["HF_HUB_OFFLINE"] = "1"
    with pytest.raises(EncoderError, match=re.escape("no such encoder folder")):
        find_encoder("./nowhere")
    with pytest.raises(EncoderError, match=re.escape("config.json")):
        find_encoder(tempfile.mkdtemp())
    with pytest.raises(EncoderError, match=re.escape("alternatives")):
        find_encoder("nobody/nothing")


def test_load_encoder():
    assert minilm.identity["sha256"] == _MINILM_WEIGHTS
    assert len(minilm.tokenize(["a " * 50])["input_ids"][0][0]) == 8
    with pytest.raises(EncoderError, match=re.escape("512 tokens")):
        load_encoder("minilm", max_length=513)
    left = load_encoder("minilm", max_length=4, long_text="truncate_left").tokenize(["one two three four"])[
        "input_ids"
    ][0][0]
    assert minilm.tokenizer.decode(left[1:-1]) == "three four"
    paired = minilm.tokenize(["it rains"], ["it is wet"])
    assert (minilm.tokenizer.decode(paired["input_ids"][0][0]), paired["token_type_ids"][0][0]) == (
        "[CLS] it rains [SEP] it is wet [SEP]",
        [0, 0, 0, 0, 1, 1, 1, 1],
    )


def test_a_long_text_in_four_ways():
    read = {
        way: [minilm.tokenizer.decode(o, skip_special_tokens=True) for o in encoder.tokenize([text])["input_ids"][0]]
        for way, encoder in ways.items()
    }
    assert read["head_tail"] == ["one six seven eight nine ten"]
    assert read["windows"] == ["one two three four five six", "five six seven eight nine ten"]
    batch = collate(
        ways["windows"], [dict(input_ids=o) for o in ways["windows"].tokenize([text, "short"])["input_ids"]]
    )
    assert (batch["input_ids"].shape, batch["owner"].tolist()) == (torch.Size([3, 8]), [0, 0, 1])
    assert len(ways["windows"].tokenize(["word " * 10000])["input_ids"][0]) == MAX_WINDOWS


def test_sketch_classifier():
    model.eval()
    with torch.inference_mode():
        parts = [
            pooled_logits(model, collate(ways["windows"], [dict(input_ids=[o])]))
            for o in ways["windows"].tokenize([text])["input_ids"][0]
        ]
        together = pooled_logits(
            model,
            collate(
                ways["windows"], [dict(input_ids=o) for o in ways["windows"].tokenize([text, "short"])["input_ids"]]
            ),
        )
    assert torch.allclose(together[0], (parts[0][0] + parts[1][0]) / 2, atol=1e-5)


def test_mean_vectors():
    texts = ["a", "a much longer text about nothing in particular", "b c"]
    together, alone = mean_vectors(minilm, texts), np.concatenate([mean_vectors(minilm, [o]) for o in texts])
    assert together.shape == (3, 384) and np.abs(together - alone).max() < 1e-5
    read = mean_vectors(ways["windows"], [text, "short"])
    assert (
        read.shape == (2, 384) and np.abs(read - mean_vectors(ways["truncate_right"], [text, "short"]))[0].max() > 1e-3
    )


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
