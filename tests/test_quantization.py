"Frozen weights in fewer bits, and the optimizer's states: what learns, answers the same when it is loaded, and fits."

import json
import sys

import numpy as np
import pytest
from conftest import call, record, settings

from lorasent.registry import METHODS

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("quantization")]

KINDS = ["int8", "nf4"]
SIZES = dict(max_length=16, epochs=2, batch_size=8, precision="fp32", attention="sdpa", early_stopping=None)
REFUSED = dict(
    full="leaves no linear layer", pissa="changes the frozen", olora="changes the frozen", prefix="before the"
)


@pytest.fixture(scope="module")
def trained(dozen, distilbert, tmp_path_factory):
    "A network after a training with some keys, and the same when it is loaded again."
    from lorasent.config import load_config
    from lorasent.data.loading import load_data
    from lorasent.inference.loaded import load_saved
    from lorasent.training.making import build_model, check_model, encoder_for

    def found(**keys):
        config = load_config(**(dict(SIZES, dataset=str(dozen), encoder=str(distilbert)) | keys))
        data, encoder = load_data(config), encoder_for(config)
        check_model(encoder, data, config)
        model = build_model(encoder, data, config)
        fit = model.fit(data, config)
        return model, fit, load_saved(model.save(tmp_path_factory.mktemp("saved")))

    return found


def largest_difference(encoder, one, other):
    import torch

    batch = encoder.tokenizer(["a lovely day", "rain, rain and rain"], padding=True, return_tensors="pt")
    with torch.no_grad():
        return float((one(**batch).logits - other(**batch).logits).abs().max())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("method", [o.name for o in METHODS.values() if o.kind != "baseline"])
def test_every_method_learns_and_is_loaded_again(method, kind, trained):
    from lorasent.config import LorasentError
    from lorasent.model.quantization import PackedLinear

    keys = dict(method=method, quantization=kind, epochs=8 if method == "adalora" else 2)
    if method in REFUSED:
        with pytest.raises(LorasentError, match=REFUSED[method]):
            trained(**keys)
        return
    model, fit, loaded = trained(**keys)
    assert any(isinstance(o, PackedLinear) for o in fit.model.modules())
    assert not any(isinstance(o, PackedLinear) for o in loaded.model.modules())
    assert fit.weights["before"]["frozen"] == fit.weights["after"]["frozen"] and fit.warnings == []
    assert largest_difference(model.encoder, fit.model, loaded.model) < 1e-5


@pytest.mark.parametrize(
    "keys", [dict(method="full", layers="top-1"), dict(gradient_checkpointing=True), dict(processes=2)], ids=str
)
def test_what_is_packed_is_counted_whole(keys, trained):
    plain, _, _ = trained(**keys)
    for kind in KINDS:
        model, fit, loaded = trained(**keys, quantization=kind)
        assert model.counts() == plain.counts()
        assert largest_difference(model.encoder, fit.model, loaded.model) < 1e-5


@pytest.mark.parametrize("kind", KINDS)
def test_a_run_and_what_becomes_of_it(kind, small, dozen, tmp_path):
    answer = call(
        *small, *settings(dataset=dozen, quantization=kind, slice_column="null", round_trip="auto"), cwd=tmp_path
    )
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    assert json.loads((folder / "adapter" / "lorasent.json").read_text())["quantization"] == kind
    assert f"quantization={kind}" in (folder / "adapter" / "README.md").read_text()
    merged = call("export", folder, "--to", "merged", "--output", "merged", cwd=tmp_path)
    assert merged.code == 0, merged.err
    asked = [
        call("predict", place, "a lovely day", "--json", "--backend", "torch", cwd=tmp_path)
        for place in (folder, "merged")
    ]
    shares = [[*json.loads(o.out)["probabilities"].values()] for o in asked]
    assert np.allclose(*shares, atol=1e-5), shares
    assert record(folder)["status"] == "completed"


def test_moments_in_eight_bits(trained):
    "Large tensors have 255 values for each moment, and the network learns nearly the same."
    _, fit, _ = trained(method="full", encoder="minilm", layers="top-1")
    _, other, _ = trained(method="full", encoder="minilm", layers="top-1", optimizer_bits=8)
    assert fit.losses[0]["loss"] == other.losses[0]["loss"] and fit.losses != other.losses
    assert fit.losses[-1]["loss"] == pytest.approx(other.losses[-1]["loss"], abs=0.05)


@pytest.mark.parametrize("setting", [dict(quantization="nf4"), dict(optimizer_bits=8)], ids=str)
def test_without_bitsandbytes(setting, refused, dozen, distilbert, monkeypatch):
    monkeypatch.setitem(sys.modules, "bitsandbytes", None)
    mentions = ["needs the package bitsandbytes: pip install 'lorasent[quantization]'"]
    refused("train", dozen, *settings(encoder=distilbert, max_length=16, **setting), mentions=mentions)


def test_it_is_proposed_where_nothing_else_fits(dozen, tmp_path):
    "Of a large encoder, whose shapes are all that is looked at: batches in parts do not help, coarser weights do."
    from transformers import BertConfig

    from lorasent.config import load_config
    from lorasent.data.loading import load_data
    from lorasent.model.encoder import load_encoder
    from lorasent.training.making import encoder_for
    from lorasent.training.memory import check_memory, estimate_memory
    from lorasent.training.watch import TrainingError

    load_encoder("minilm").tokenizer.save_pretrained(tmp_path)
    sizes = dict(hidden_size=1024, num_hidden_layers=24, num_attention_heads=16, intermediate_size=4096)
    BertConfig(vocab_size=30522, **sizes).save_pretrained(tmp_path)
    least = dict(gradient_accumulation=8, gradient_checkpointing=True, max_length=256)
    config = load_config(**(SIZES | least | dict(dataset=str(dozen), encoder=str(tmp_path))))
    data, encoder = load_data(config), encoder_for(config)
    need = estimate_memory(encoder, data, config).total / 2**30
    with pytest.raises(TrainingError, match=r"--set quantization=int8 .* takes the steps on rounded weights in about"):
        check_memory(encoder, data, config, max_memory=need - 0.05)
