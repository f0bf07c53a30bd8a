"Written from nbs/model/methods.ipynb by `make export`: edit there."

import json
import re

import pytest
import torch
from stories import story

from lorasent.config import ConfigError
from lorasent.model.encoder import load_encoder
from lorasent.model.methods import apply_method, check_method, count_parameters, unmoved, weight_hashes
from lorasent.model.saved import find_saved
from lorasent.model.targets import MethodError
from lorasent.registry import METHODS

pytestmark = [pytest.mark.xdist_group("model/methods"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global adapted, bert, distilbert, fresh, networks, poolerless, roberta, saved, there_and_back
    [adapted, bert, distilbert, fresh, networks, poolerless, roberta, saved, there_and_back] = story(
        "model/methods"
    ).take("adapted", "bert", "distilbert", "fresh", "networks", "poolerless", "roberta", "saved", "there_and_back")


def test_check_method():
    check_method(distilbert)
    check_method(bert, method="prefix")
    with pytest.raises(MethodError, match="choose at most 16"):
        check_method(distilbert, rank=17)
    with pytest.raises(MethodError, match="no linear layer is named 'query'"):
        check_method(distilbert, target_modules=["query"])
    with pytest.raises(MethodError, match=r"keys and values from before the text; these can: lora, .*prompt, full"):
        check_method(distilbert, method="prefix")
    with pytest.raises(MethodError, match="it has no pooler"):
        check_method(roberta, method="prefix")
    with pytest.raises(MethodError, match="virtual_tokens=512 and max_length=16 together are beyond the 512 tokens"):
        check_method(bert, method="prompt", virtual_tokens=512)


def test_apply_method():
    with pytest.raises(MethodError, match="choose at most 16"):
        apply_method(fresh(), rank=17)
    with pytest.raises(ConfigError, match="unknown method; did you mean 'lora'"):
        apply_method(fresh(), method="lore")
    held = load_encoder(distilbert.name, precision="bf16")
    half = apply_method(fresh(held))
    assert {o.dtype for o in half.parameters() if o.requires_grad} == {torch.float32}
    assert {o.dtype for o in half.parameters() if not o.requires_grad} == {torch.bfloat16}
    assert {o.dtype for o in apply_method(fresh(held), method="bitfit").parameters()} == {torch.float32}
    names = {o for o, part in apply_method(fresh(), method="full", layers=[1]).named_parameters() if part.requires_grad}
    assert all("layer.1." in name or "classifier" in name for name in names) and len(names) == 16 + 4


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
    assert find_saved(saved).label_names == ["bad", "good"]
    assert re.fullmatch(r"[0-9a-f]{64}", find_saved(saved).description["encoder"]["sha256"])
