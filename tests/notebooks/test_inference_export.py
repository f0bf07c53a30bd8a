"Written from nbs/inference/export.ipynb by `make export`: edit there."

import re

import numpy as np
import pytest
import torch
from scipy.special import softmax
from stories import story
from transformers import pipeline

from lorasent.inference.classifier import SentimentClassifier
from lorasent.inference.export import ExportError, export_model
from lorasent.model.head import build_classifier
from lorasent.model.methods import apply_method, save_network

pytestmark = [pytest.mark.xdist_group("inference/export"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global minilm, place, pooled, saved
    [minilm, place, pooled, saved] = story("inference/export").take("minilm", "place", "pooled", "saved")


def test_every_format_answers_the_same():
    texts = ["What a lovely day!", "Rain again, and again, and a long walk home without a coat or a hat in the wind."]
    expected = SentimentClassifier.load(saved).probabilities(texts)
    for to, most in {"merged": 1e-5, "onnx": 1e-5, "onnx-int8": 0.05}.items():
        again = SentimentClassifier.load(place / to)
        assert again.label_names == ["bad", "good"]
        assert np.abs(again.probabilities(texts) - expected).max() < most
    plain = pipeline("text-classification", model=str(place / "merged"), device="cpu")(texts, truncation=True)
    assert [o["label"] for o in plain] == [["bad", "good"][o] for o in expected.argmax(1)]
    assert np.abs([o["score"] for o in plain] - expected.max(1)).max() < 1e-5
    assert (place / "onnx-int8" / "model.onnx").stat().st_size < 0.3 * (place / "onnx" / "model.onnx").stat().st_size


def test_sentence_transformers_answers_the_same():
    for pooling in ("cls", "mean", "last", "both"):
        folder, texts, expected = pooled(pooling)
        [_, example] = re.findall("```python\n(.*?)```", (folder / "README.md").read_text(), re.DOTALL)
        example = example.replace('"."', repr(str(folder))).replace('["What a lovely day!"]', repr(texts))
        names = {}
        exec(example.replace("classifier.encode(", "found = classifier.encode("), names)
        assert np.abs(names["found"].cpu().numpy() - softmax(expected, axis=1)).max() < 1e-5


def test_what_cannot_be_exported_is_said():
    (place / "mine").mkdir(exist_ok=True)
    (place / "mine" / "letter.txt").write_text("kept")
    for to, folder, message in [
        ("onxx", place / "new", "unknown format 'onxx'; did you mean 'onnx'? (there are"),
        ("onnx", place / "onnx", "already exists: --overwrite"),
    ]:
        with pytest.raises(ExportError, match=re.escape(message)):
            export_model(saved, to, folder)
    with pytest.raises(ExportError, match="is not an exported model and is not replaced"):
        export_model(saved, "merged", place / "mine", overwrite=True)
    export_model(saved, "merged", place / "onnx", overwrite=True)
    assert not (place / "onnx" / "model.onnx").exists() and (place / "mine" / "letter.txt").read_text() == "kept"
    torch.manual_seed(0)
    prompted = save_network(
        apply_method(build_classifier(minilm, ["bad", "good"]), method="prompt"), minilm, place / "prompt"
    )
    with pytest.raises(ExportError, match="method=prompt cannot be merged"):
        export_model(prompted, "merged", place / "never")
    assert not (place / "never").exists() and not list(place.glob(".never*"))
