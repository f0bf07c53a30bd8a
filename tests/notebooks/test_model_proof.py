"Written from nbs/model/proof.ipynb by `make export`: edit there."

import json
import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import Dataset
from safetensors.torch import load_file, save_file

from lorasent.config import make_config
from lorasent.data.loading import load_data
from lorasent.model.making import build_model, encoder_for
from lorasent.model.proof import TOLERANCE, Answer, Proof, ProofError, compare_answers, expected_logits, prove

pytestmark = pytest.mark.xdist_group("model/proof")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global \
        FAULTS, \
        _, \
        config, \
        data, \
        expected, \
        frame, \
        i, \
        minilm, \
        name, \
        network, \
        o, \
        other_encoder, \
        planted, \
        proof, \
        rows, \
        saved, \
        sizes, \
        source, \
        swap_labels, \
        trained, \
        weights, \
        zero_one
    rows = [(f"{'a lovely' if i % 2 else 'an awful'} lunch of {i}", i % 2) for i in range(120)]
    frame = Dataset.from_dict(dict(text=[o for o, _ in rows], label=["good" if o else "bad" for _, o in rows]))
    source = Path(tempfile.mkdtemp()) / "lunch.csv"
    frame.to_csv(source)
    sizes = dict(encoder="minilm", max_length=16, epochs=1, precision="fp32", attention="sdpa", rank=4)
    config = make_config(dataset=str(source), method="lora", **sizes, proof=["merged"], validation_size=0.3)
    data, minilm = load_data(config), encoder_for(config)
    network = build_model(minilm, data, config)
    trained = network.fit(data, config)
    saved = network.save(Path(tempfile.mkdtemp()) / "adapter")
    expected = expected_logits(network, data, config)
    proof = prove(expected, saved, minilm, data, config)
    proof

    def planted(name: str, change) -> Path:
        "A copy of the saved model with a fault in it."
        place = Path(tempfile.mkdtemp()) / name
        shutil.copytree(saved, place)
        change(place)
        return place

    def weights(change):
        "A fault in the saved tensors."

        def apply(place: Path):
            tensors = load_file(place / "adapter_model.safetensors")
            save_file(change(tensors), place / "adapter_model.safetensors")

        return apply

    def zero_one(tensors: dict) -> dict:
        name = next(o for o in tensors if "lora_B" in o)
        return tensors | {name: torch.zeros_like(tensors[name])}

    def swap_labels(place: Path):
        told = json.loads((place / "lorasent.json").read_text())
        (place / "lorasent.json").write_text(json.dumps(told | dict(label_names=told["label_names"][::-1])))

    def other_encoder(place: Path):
        told = json.loads((place / "lorasent.json").read_text())
        told["encoder"]["sha256"] = "0" * 64  # what was trained on is not what lies there
        (place / "lorasent.json").write_text(json.dumps(told))

    FAULTS = {
        "head not saved": weights(lambda found: {name: o for name, o in found.items() if "classifier" not in name}),
        "labels swapped": swap_labels,
        "a tensor of zeros": weights(zero_one),
        "another encoder": other_encoder,
    }


def test_planted_faults_are_caught():
    says = dict(zip(FAULTS, ["classifier.weight is missing", "its labels are", "a logit differs by", "other weights"]))
    proof.check()
    assert [o["form"] for o in proof.rows] == ["loaded again", "merged"]
    assert all(o["same"] == 1 and o["difference"] < TOLERANCE and o["change"]["value"] == 0 for o in proof.rows)
    for name, change in FAULTS.items():
        with pytest.raises(ProofError, match=says[name]):
            prove(expected, planted(name, change), minilm, data, config).check()


def test_what_is_flagged_is_not_chosen():
    sure, truth = np.eye(2)[[0, 1] * 500] * 4, np.array([0, 1] * 500)
    worse = sure.copy()
    worse[:8] = worse[:8, ::-1]

    def told(*answers):
        return Proof([compare_answers(sure, truth, ["bad", "good"], o) for o in answers], len(truth))

    names = ("bad", "good")
    plain, fast = Answer("loaded again", sure, 2.0, names), Answer("onnx-int8", sure + 0.1, 1.0, names)
    assert told(plain, fast).backend == "onnx-int8" and told(plain, replace(fast, seconds=3.0)).backend == "torch"
    flagged = told(plain, replace(fast, logits=worse))
    assert flagged.backend == "torch" and "0.8 points lower" in flagged.rows[1]["flag"]
    change = flagged.rows[1]["change"]
    assert change["low"] < change["value"] == -0.008 < change["high"] < 0
    flagged.check()
    assert told(plain, Answer("onnx", sure + 0.01, 1.0, names)).backend == "torch"
    unmerged = told(plain, Answer("merged", why="method=prompt cannot be merged"))
    unmerged.check()
    with pytest.raises(ProofError, match="merged: out of memory"):
        told(plain, Answer("merged", why="out of memory")).check()
