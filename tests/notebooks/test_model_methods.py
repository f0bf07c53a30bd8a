"Written from nbs/model/methods.ipynb by `make export`: edit there."

import json
import re
import tempfile
from pathlib import Path

import pytest
import torch
from transformers import BertConfig, BertModel, DistilBertConfig, DistilBertModel
from transformers.utils import logging

from lorasent.model.encoder import build_classifier, load_encoder
from lorasent.model.methods import (
    DESCRIPTION,
    _kinds,
    add_adapter,
    check_method,
    count_parameters,
    find_targets,
    linear_layers,
    load_adapter,
    save_adapter,
)

pytestmark = pytest.mark.xdist_group("model/methods")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global adapted, folder, fresh, name, o, part, saved, tiny

    logging.disable_progress_bar()  # a bar is nothing to keep in a notebook
    folder = tempfile.mkdtemp()
    DistilBertModel(DistilBertConfig(vocab_size=30522, dim=16, hidden_dim=32, n_layers=2, n_heads=2)).save_pretrained(
        folder
    )
    load_encoder("minilm").tokenizer.save_pretrained(folder)
    tiny = load_encoder(folder, max_length=16, precision="fp32")

    def fresh(encoder=tiny):
        torch.manual_seed(0)
        return build_classifier(encoder, ["bad", "good"])

    adapted = add_adapter(fresh(), rank=4, target_modules=["q_lin", "v_lin"])
    [name for name, part in adapted.named_parameters() if part.requires_grad][:3]
    saved = save_adapter(adapted, tiny, Path(tempfile.mkdtemp()) / "adapter")
    sorted(o.name for o in saved.iterdir())


def test_find_targets():
    assert len(find_targets(fresh())) == 12
    assert find_targets(fresh(), "q_lin") == [
        "distilbert.transformer.layer.0.attention.q_lin",
        "distilbert.transformer.layer.1.attention.q_lin",
    ]
    with pytest.raises(Exception, match=re.escape("there are: k_lin, lin1, lin2, out_lin, q_lin, v_lin")):
        find_targets(fresh(), ["q_lin", "query"])
    assert _kinds(linear_layers(fresh(load_encoder("minilm")))) == ["dense", "key", "query", "value"]


def test_check_method():
    check_method(tiny)
    with pytest.raises(Exception, match=re.escape("choose at most 16")):
        check_method(tiny, rank=17)
    with pytest.raises(Exception, match=re.escape("no linear layer is called 'query'")):
        check_method(tiny, target_modules=["query"])


def test_add_adapter():
    with pytest.raises(Exception, match=re.escape("choose at most 16")):
        add_adapter(fresh(), rank=17)
    with pytest.raises(Exception, match=re.escape("method: input should be 'lora'")):
        add_adapter(fresh(), method="lore")
    half = add_adapter(fresh(load_encoder(folder, precision="bf16")))
    assert {o.dtype for o in half.parameters() if o.requires_grad} == {torch.float32}
    assert {o.dtype for o in half.parameters() if not o.requires_grad} == {torch.bfloat16}


def test_count_parameters():
    counts = count_parameters(adapted)
    assert counts["adapter"] == 2 * 2 * (4 * 16 + 16 * 4)
    assert counts["head"] == (16 * 16 + 16) + (16 * 2 + 2)
    assert counts["frozen"] == sum(
        o.numel()
        for o in DistilBertModel(
            DistilBertConfig(vocab_size=30522, dim=16, hidden_dim=32, n_layers=2, n_heads=2)
        ).parameters()
    )


def test_load_adapter():
    with torch.no_grad():
        for part in adapted.parameters():
            if part.requires_grad:
                part.copy_(torch.randn_like(part))  # as if trained
    again = load_adapter(save_adapter(adapted, tiny, saved), tiny, ["bad", "good"])
    texts = tiny.tokenizer(["a fine day", "rain"], padding=True, return_tensors="pt")
    with torch.no_grad():
        assert adapted.eval()(**texts).logits.tolist() == again(**texts).logits.tolist()
    assert json.loads((saved / DESCRIPTION).read_text())["label_names"] == ["bad", "good"]
    assert json.loads((saved / "adapter_config.json").read_text())["modules_to_save"] == [
        "classifier",
        "pre_classifier",
        "score",
    ]  # PEFT adds the names that heads often have
    bert = (
        tempfile.mkdtemp()
    )  # a checkpoint without a pooler: the pooler is new, so it is trained and saved with the head
    BertModel(
        BertConfig(vocab_size=30522, hidden_size=16, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2),
        add_pooling_layer=False,
    ).save_pretrained(bert)
    load_encoder("minilm").tokenizer.save_pretrained(bert)
    bert = load_encoder(bert, max_length=16, precision="fp32")
    first = add_adapter(fresh(bert), rank=2)
    assert count_parameters(first)["head"] == (16 * 16 + 16) + (16 * 2 + 2)
    torch.manual_seed(1)  # another head, were it not saved
    second = load_adapter(save_adapter(first, bert, Path(tempfile.mkdtemp()) / "bert"), bert, ["bad", "good"])
    with torch.no_grad():
        assert first.eval()(**texts).logits.tolist() == second(**texts).logits.tolist()
