"Written from nbs/model/inference.ipynb by `make export`: edit there."

import json
import re
import tempfile

import numpy as np
import pandas as pd
import pytest
import torch

from lorasent.model.encoder import build_classifier, load_encoder
from lorasent.model.inference import SentimentClassifier, TextError
from lorasent.model.methods import apply_method, load_network, save_network
from lorasent.model.saved import DESCRIPTION

pytestmark = pytest.mark.xdist_group("model/inference")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global classifier, folder, holes, minilm, o, rows
    torch.manual_seed(0)
    minilm = load_encoder("minilm", max_length=16, precision="fp32")
    folder = save_network(apply_method(build_classifier(minilm, ["bad", "good"]), rank=2), minilm, tempfile.mkdtemp())
    classifier = SentimentClassifier.load(folder)
    classifier(["What a lovely day!", "Rain again."])
    holes = ["fine", None, float("nan")]
    for rows in (np.array(["fine", "rain"]), pd.Series(["fine", "rain"], index=[7, 7]), (o for o in ["fine", "rain"])):
        print(len(classifier(rows)))
    try:
        classifier(holes)
    except TextError as error:
        print(error)


def test_probabilities_of():
    texts = ["short", "a text that is a little longer than the other", "mid length text"]
    together, alone = classifier.probabilities(texts), np.concatenate([classifier.probabilities([o]) for o in texts])
    assert np.abs(together - alone).max() < 1e-5
    assert classifier.probabilities([]).shape == (0, 2)
    pairs = classifier.probabilities([("short", "a text"), ("a text", "short")])
    assert (
        np.abs(pairs[0] - pairs[1]).max() > 1e-4
        and abs(classifier(("short", "a text"))["probability"] - pairs[0].max()) < 1e-5
    )
    windowed = load_encoder("minilm", max_length=16, long_text="windows", window_overlap=4, precision="fp32")
    reader = SentimentClassifier.load(
        save_network(load_network(folder, windowed, ["bad", "good"]), windowed, tempfile.mkdtemp())
    )
    long = "one long text, " * 20
    assert (
        np.abs(reader.probabilities([long, "short"]) - classifier.probabilities([long, "short"]))[0].max() > 1e-5
    )  # it reads on where the other stops
    assert reader.encoder.long_text == "windows"
    assert (classifier("one")["label"] in ("bad", "good")) is True
    with pytest.raises(Exception, match=re.escape("holds no saved model")):
        SentimentClassifier.load(tempfile.mkdtemp())
    description = json.loads((folder / DESCRIPTION).read_text())
    del description["method"]  # as it was when there was one
    (folder / DESCRIPTION).write_text(json.dumps(description))
    assert np.array_equal(SentimentClassifier.load(folder).probabilities(texts), together)
    description["encoder"]["sha256"] = "0" * 64
    (folder / DESCRIPTION).write_text(json.dumps(description))
    with pytest.raises(Exception, match=re.escape("other weights")):
        SentimentClassifier.load(folder)


def test_a_row_that_is_no_text_is_named():
    with pytest.raises(Exception, match=re.escape("row 2 is None")):
        classifier(holes)
    with pytest.raises(Exception, match=re.escape("row 2 is nan")):
        classifier(pd.Series(["fine", float("nan")]))
    with pytest.raises(Exception, match=re.escape("None is no collection")):
        classifier(None)
    with pytest.raises(Exception, match=re.escape("row 2 is 'alone', not a pair of texts")):
        classifier([("a", "pair"), "alone"])
    assert classifier(pd.Series(["fine", "rain"])) == classifier(["fine", "rain"])
