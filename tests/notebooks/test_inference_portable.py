"Written from nbs/inference/portable.ipynb by `make export`: edit there."

import json
import tempfile

import numpy as np
import pytest
import torch

from lorasent.inference.classifier import SentimentClassifier
from lorasent.inference.export import export_model
from lorasent.inference.portable import PortableClassifier
from lorasent.model.encoder import load_encoder
from lorasent.model.head import build_classifier
from lorasent.model.methods import apply_method, save_network

pytestmark = [pytest.mark.xdist_group("inference/portable"), pytest.mark.torch]


def test_it_answers_as_pytorch_does():
    texts = ["short", "a day of sun and wind at the sea, " * 2 + "and a train that never came, " * 4, "not long", "🙂"]
    exported = None
    for way in ("truncate_right", "truncate_left", "head_tail", "windows"):
        cut = dict(max_length=16, long_text=way, window_overlap=4, precision="fp32", attention="sdpa")
        minilm = load_encoder("minilm", **cut)
        torch.manual_seed(0)
        network = apply_method(build_classifier(minilm, ["bad", "good"]), rank=2)
        saved = save_network(network, minilm, tempfile.mkdtemp())
        exported = exported or export_model(saved, "onnx", tempfile.mkdtemp() + "/onnx")
        description = json.loads(
            (exported / "lorasent.json").read_text()
        )  # the network is the same for every way of cutting
        (exported / "lorasent.json").write_text(json.dumps(description | dict(long_text=way)))
        portable = PortableClassifier(exported, threads=2)
        asked = [texts] if way in ("windows", "head_tail") else [texts, [(text, "a second text") for text in texts]]
        for some in asked:
            expected = SentimentClassifier.load(saved).probabilities(some)
            assert np.abs(portable.probabilities(some) - expected).max() < 1e-5
    assert portable(["short"])[0]["label"] in ("bad", "good") and portable([]) == []
