"Written from nbs/inference/classifier.ipynb by `make export`: edit there."

import json
import re
import tempfile

import numpy as np
import pytest
from stories import story

from lorasent.inference.classifier import SentimentClassifier
from lorasent.model.encoder import load_encoder
from lorasent.model.methods import load_network, save_network
from lorasent.model.saved import DESCRIPTION, AdapterError

pytestmark = [pytest.mark.xdist_group("inference/classifier"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global classifier, folder
    [classifier, folder] = story("inference/classifier").take("classifier", "folder")


def test_probabilities_of():
    texts = ["short", "a text that is a little longer than the other", "mid length text"]
    together, alone = (
        classifier.probabilities(texts),
        np.concatenate([classifier.probabilities([text]) for text in texts]),
    )
    assert np.abs(together - alone).max() < 1e-5
    assert classifier.probabilities([]).shape == (0, 2)
    pairs = classifier.probabilities([("short", "a text"), ("a text", "short")])
    assert (
        np.abs(pairs[0] - pairs[1]).max() > 1e-4
        and abs(classifier(("short", "a text"))["probability"] - pairs[0].max()) < 1e-5
    )
    windowed = load_encoder("minilm", max_length=16, long_text="windows", window_overlap=4, precision="fp32")
    reader = SentimentClassifier.load(save_network(load_network(folder, windowed), windowed, tempfile.mkdtemp()))
    long = "a day of sun and wind at the sea, " * 2 + "and a train that never came, " * 4
    assert (
        np.abs(reader.probabilities([long, "short"]) - classifier.probabilities([long, "short"]))[0].max() > 1e-5
    )  # it reads on where the other stops
    assert reader.encoder.long_text == "windows"
    assert (classifier("one")["label"] in ("bad", "good")) is True
    with pytest.raises(AdapterError, match=re.escape("is not a saved model")):
        SentimentClassifier.load(tempfile.mkdtemp())
    description = json.loads((folder / DESCRIPTION).read_text())
    del description["method"]  # as it was when there was one
    (folder / DESCRIPTION).write_text(json.dumps(description))
    assert np.array_equal(SentimentClassifier.load(folder).probabilities(texts), together)
    description["encoder"]["sha256"] = "0" * 64
    (folder / DESCRIPTION).write_text(json.dumps(description))
    with pytest.raises(AdapterError, match=re.escape("other weights")):
        SentimentClassifier.load(folder)


def test_a_stream_is_answered_as_it_comes():
    answers, whole = classifier(f"day {i}" for i in range(10**12)), classifier([f"day {i}" for i in range(1_000)])
    for i in range(2):
        answer = next(answers)
        assert answer.text == f"day {i}" and answer["probability"] == pytest.approx(whole[i]["probability"], abs=1e-5)
