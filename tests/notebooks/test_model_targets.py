"Written from nbs/model/targets.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.model.encoder import load_encoder
from lorasent.model.head import build_classifier
from lorasent.model.targets import MethodError, _kinds, find_targets, layer_numbers, linear_layers

pytestmark = [pytest.mark.xdist_group("model/targets"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global model
    [model] = story("model/targets").take("model")


def test_find_targets():
    assert len(find_targets(model)) == 12
    assert find_targets(model, "q_lin") == [
        "distilbert.transformer.layer.0.attention.q_lin",
        "distilbert.transformer.layer.1.attention.q_lin",
    ]
    assert [target.rpartition(".")[2] for target in find_targets(model, "attention", [1])] == [
        "q_lin",
        "k_lin",
        "v_lin",
        "out_lin",
    ]
    assert find_targets(model, ["mlp", "q_lin"], "top-1") == find_targets(model, ["q_lin", "lin1", "lin2"], [1])
    with pytest.raises(MethodError, match="there are: k_lin, lin1, lin2, out_lin, q_lin, v_lin"):
        find_targets(model, ["q_lin", "query"])
    for layers in ([2], "top-3"):
        with pytest.raises(MethodError, match="the encoder has 2 layers, numbers 0 to 1"):
            find_targets(model, layers=layers)
    minilm = build_classifier(load_encoder("minilm", precision="fp32"), ["bad", "good"])
    assert _kinds(linear_layers(minilm)) == ["dense", "key", "query", "value"]
    assert (len(find_targets(minilm, "attention")), len(find_targets(minilm, "mlp")), len(layer_numbers(minilm))) == (
        24,
        12,
        6,
    )
