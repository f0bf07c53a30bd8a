"Written from nbs/inference/model_card.ipynb by `make export`: edit there."

import re

import numpy as np
import pytest
from stories import story

from lorasent.inference.classifier import SentimentClassifier
from lorasent.inference.model_card import model_card, write_model_card

pytestmark = [pytest.mark.xdist_group("inference/model_card"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global adapter
    [adapter] = story("inference/model_card").take("adapter")


def test_the_lines_without_lorasent_give_its_answers(monkeypatch):
    ways = [(o, "lora", dict(rank=2)) for o in ("pooler", "cls", "mean", "last", "both")]
    for pooling, method, keys in [*ways, ("pooler", "bitfit", {}), ("both", "head", {}), ("both", "ia3", {})]:
        saved, encoder = adapter(pooling, method, **keys)
        [_, code] = re.findall("```python\n(.*?)```", write_model_card(saved).read_text(), re.DOTALL)
        assert "lorasent" not in code and '"sentence-transformers/all-MiniLM-L6-v2", revision="1110a' in code
        texts, names = ["What a lovely day!", "Rain again, and a long walk home."], {}
        code = re.sub('"sentence-transformers/[^"]+", revision="[^"]+"', repr(str(encoder.folder)), code)
        monkeypatch.chdir(saved.folder)
        exec(code.replace('["What a lovely day!"]', repr(texts)), names)
        expected = SentimentClassifier.load(saved, backend="torch").probabilities(texts)
        assert np.abs(names["probabilities"].numpy() - expected).max() < 1e-6, (pooling, method)
        assert names["config"].id2label == {0: "bad", 1: "good"}


monkeypatch = pytest.MonkeyPatch()


def test_a_card_says_what_other_programs_cannot():
    saved, _ = adapter("pooler", "prompt")
    assert "Other programs read it as ONNX" in model_card(saved)
    own = saved.add(encoder=dict(name="somewhere/mine", revision=None, sha256="ab" * 32))
    assert "`mine`, a folder that is not on the hub" in model_card(own) and "somewhere" not in model_card(own)
