"Written from nbs/model/making.ipynb by `make export`: edit there."

import tempfile

import pytest
from datasets import Dataset

from lorasent.config import make_config
from lorasent.data.loading import load_data
from lorasent.model.inference import SentimentClassifier
from lorasent.model.making import build_model, encoder_for
from lorasent.registry import METHODS, Method, register

pytestmark = pytest.mark.xdist_group("model/making")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global data, i, loaded, made, method, model, quick, trained
    data = load_data(
        Dataset.from_dict(
            {
                "text": [f"{'lovely' if i % 2 else 'awful'} {'day ' * (i % 5)}number {i}" for i in range(120)],
                "label": ["good" if i % 2 else "bad" for i in range(120)],
            }
        )
    )
    quick = dict(
        dataset="-", encoder="minilm", max_length=16, precision="fp32", attention="sdpa", epochs=1, batch_size=8
    )

    def made(method, **keys):
        "Build, train, save and load."
        config = make_config(
            **(quick if METHODS[method].groups == ("encoder", "training") else {}), method=method, **keys
        )
        model = build_model(encoder_for(config), data, config)
        trained = model.fit(data, config)
        return model, trained, SentimentClassifier.load(model.save(tempfile.mkdtemp()))

    for method in ("lora", "head", "tfidf"):
        model, trained, loaded = made(method)
        print(f"{method:6}", model.counts(), round(trained.log_loss, 3), loaded("a lovely day")["label"])
    register(
        Method(
            name="norm",
            kind="weights",
            summary="The layer norms of the last layer",
            paper="https://arxiv.org/abs/2003.00152",
            build=lambda parameter: "LayerNorm" in parameter,
            defaults=dict(layers="top-1", learning_rate=3e-3),
        )
    )
    model, trained, loaded = made("norm")
    model.counts(), loaded("a lovely day")["label"]


@pytest.mark.slow
def test_a_method_of_ones_own():
    assert model.counts()["encoder"] == 4 * 384
    assert trained.warnings == [] and trained.weights["before"]["frozen"] == trained.weights["after"]["frozen"]
    with pytest.raises(Exception, match="norm has no rank"):
        made("norm", rank=4)
