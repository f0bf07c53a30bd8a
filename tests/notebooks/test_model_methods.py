"Written from nbs/model/methods.ipynb by `make export`: edit there."

import json
import re
import tempfile
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel, RobertaConfig, RobertaModel
from transformers.utils import logging

from lorasent.model.encoder import build_classifier, load_encoder
from lorasent.model.methods import (
    apply_method,
    check_method,
    count_parameters,
    load_network,
    save_network,
    unmoved,
    weight_hashes,
)
from lorasent.model.saved import read_description
from lorasent.model.targets import MethodError
from lorasent.registry import METHODS

pytestmark = pytest.mark.xdist_group("model/methods")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global \
        adapted, \
        bert, \
        distilbert, \
        fresh, \
        name, \
        networks, \
        o, \
        part, \
        poolerless, \
        roberta, \
        saved, \
        sizes, \
        texts, \
        there_and_back, \
        tiny_encoder

    logging.disable_progress_bar()  # a bar is nothing to keep in a notebook

    def tiny_encoder(network):
        "A folder with a tiny, random encoder and the embedded encoder's vocabulary."
        folder = tempfile.mkdtemp()
        network.save_pretrained(folder)
        load_encoder("minilm").tokenizer.save_pretrained(folder)
        return load_encoder(folder, max_length=16, precision="fp32", attention="sdpa")

    sizes = dict(vocab_size=30522, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2)
    distilbert = tiny_encoder(
        DistilBertModel(DistilBertConfig(vocab_size=30522, dim=16, hidden_dim=32, n_layers=2, n_heads=2))
    )
    bert = tiny_encoder(BertModel(BertConfig(**sizes)))
    poolerless = tiny_encoder(BertModel(BertConfig(**sizes), add_pooling_layer=False))
    roberta = tiny_encoder(RobertaModel(RobertaConfig(**sizes)))

    def fresh(encoder=distilbert, seed=0):
        torch.manual_seed(seed)
        return build_classifier(encoder, ["bad", "good"])

    adapted = apply_method(fresh(), rank=4, target_modules=["q_lin", "v_lin"])
    [name for name, part in adapted.named_parameters() if part.requires_grad][:3]
    saved = save_network(adapted, distilbert, Path(tempfile.mkdtemp()) / "adapter")
    sorted(o.name for o in saved.iterdir())
    texts = distilbert.tokenizer(["a fine day", "rain"], padding=True, return_tensors="pt")

    def there_and_back(encoder, method):
        "As if trained, saved and loaded: the largest difference of a logit."
        rank = dict(rank=2) if "rank" in METHODS[method].defaults else {}
        model = apply_method(fresh(encoder), method=method, **rank)
        with torch.no_grad():
            for part in model.parameters():
                if part.requires_grad:
                    part.add_(0.1 * torch.randn_like(part))
            folder = save_network(model.eval(), encoder, tempfile.mkdtemp())
            again = load_network(folder, encoder, ["bad", "good"]) if torch.manual_seed(1) else None
            return model, float((model(**texts).logits - again(**texts).logits).abs().max())

    networks = [o.name for o in METHODS.values() if o.kind != "control"]


def test_check_method():
    check_method(distilbert)
    check_method(bert, method="prefix")
    with pytest.raises(MethodError, match="choose at most 16"):
        check_method(distilbert, rank=17)
    with pytest.raises(MethodError, match="no linear layer is called 'query'"):
        check_method(distilbert, target_modules=["query"])
    with pytest.raises(MethodError, match="keys and values from before the text; these can: lora, .*prompt, full"):
        check_method(distilbert, method="prefix")
    with pytest.raises(MethodError, match="it has no pooler"):
        check_method(roberta, method="prefix")
    with pytest.raises(MethodError, match="virtual_tokens=512 and max_length=16 together are beyond the 512 tokens"):
        check_method(bert, method="prompt", virtual_tokens=512)


def test_apply_method():
    with pytest.raises(Exception, match="choose at most 16"):
        apply_method(fresh(), rank=17)
    with pytest.raises(Exception, match="there is no such method; did you mean 'lora'"):
        apply_method(fresh(), method="lore")
    held = load_encoder(distilbert.name, precision="bf16")
    half = apply_method(fresh(held))
    assert {o.dtype for o in half.parameters() if o.requires_grad} == {torch.float32}
    assert {o.dtype for o in half.parameters() if not o.requires_grad} == {torch.bfloat16}
    assert {o.dtype for o in apply_method(fresh(held), method="bitfit").parameters()} == {torch.float32}
    names = {o for o, part in apply_method(fresh(), method="full", layers=[1]).named_parameters() if part.requires_grad}
    assert all("layer.1." in o or "classifier" in o for o in names) and len(names) == 16 + 4


def test_count_parameters():
    counts = count_parameters(adapted)
    assert counts["adapter"] == 2 * 2 * (4 * 16 + 16 * 4)
    assert counts["head"] == (16 * 16 + 16) + (16 * 2 + 2)
    assert counts["frozen"] == sum(o.numel() for o in fresh().distilbert.parameters())
    full = count_parameters(apply_method(fresh(), method="full"))
    assert full == dict(adapter=0, head=counts["head"], encoder=counts["frozen"], frozen=0)


def test_unmoved():
    before = weight_hashes(adapted)
    assert set(before) == {"frozen", "adapter", "head"}
    assert [o.split()[1] for o in unmoved(before, before)] == ["adapter", "head"]
    with torch.no_grad():
        for name, part in adapted.named_parameters():
            part.add_(1.0 if part.requires_grad or "embeddings.word" in name else 0.0)
    after = weight_hashes(adapted)
    assert unmoved(before, after) == [] and before["frozen"] != after["frozen"]


def test_every_method_there_and_back():
    for encoder in (bert, distilbert, poolerless):
        for name in networks:
            if name == "prefix" and encoder is distilbert:
                continue
            model, difference = there_and_back(encoder, name)
            counts = count_parameters(model)
            assert difference == 0, (name, encoder)
            if METHODS[name].kind == "adapter":
                trained = sum(o.numel() for o in model.parameters() if o.requires_grad)
                assert trained == model.get_nb_trainable_parameters()[0] == counts["adapter"] + counts["head"], name
                assert counts["encoder"] == 0 and counts["adapter"] > 0
            assert counts["head"] == sum(
                o.numel()
                for part in fresh(encoder).head_modules
                for o in fresh(encoder).get_submodule(part).parameters()
            ), name
    assert json.loads((saved / "adapter_config.json").read_text())["modules_to_save"] == [
        "classifier",
        "pre_classifier",
        "score",
    ]  # PEFT adds the names that heads often have
    assert read_description(saved)["label_names"] == ["bad", "good"]
    assert re.fullmatch(r"[0-9a-f]{64}", read_description(saved)["encoder"]["sha256"])
