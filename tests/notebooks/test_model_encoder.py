"Written from nbs/model/encoder.ipynb by `make export`: edit there."

import os
import re
import tempfile

import pytest
from stories import story

from lorasent.model.embedded import _MINILM
from lorasent.model.encoder import MAX_WINDOWS, EncoderError, find_encoder, load_encoder
from lorasent.store import sha256

pytestmark = [pytest.mark.xdist_group("model/encoder"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global minilm, text, ways
    [minilm, text, ways] = story("model/encoder").take("minilm", "text", "ways")


def test_find_encoder():
    assert sha256(find_encoder("minilm") / "model.safetensors") == _MINILM.weights
    os.environ["HF_HUB_OFFLINE"] = "1"
    with pytest.raises(EncoderError, match=re.escape("no such encoder folder")):
        find_encoder("./nowhere")
    with pytest.raises(EncoderError, match=re.escape("config.json")):
        find_encoder(tempfile.mkdtemp())
    with pytest.raises(EncoderError, match=re.escape("alternatives")):
        find_encoder("nobody/nothing")


def test_load_encoder():
    assert minilm.identity["sha256"] == _MINILM.weights
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
    assert len(ways["windows"].tokenize(["word " * 10000])["input_ids"][0]) == MAX_WINDOWS
