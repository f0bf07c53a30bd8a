"Written from nbs/model/making.ipynb by `make export`: edit there."

import tempfile

import pytest
from datasets import Dataset

from lorasent.config import make_config
from lorasent.data.loading import load_data
from lorasent.model.inference import SentimentClassifier
from lorasent.model.making import build_model, encoder_for, weight_table
from lorasent.registry import METHODS

pytestmark = pytest.mark.xdist_group("model/making")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global data, i, made, quick
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


@pytest.mark.slow
def test_what_was_made():
    model, trained, loaded = made("lora")
    assert trained.warnings == [] and trained.weights["before"]["frozen"] == trained.weights["after"]["frozen"]
    assert {o["part"] for o in weight_table(trained.weights).rows if o["moved"] == "yes"} == {"adapter", "head"}
    assert made("tfidf")[0].counts()["head"] > 100
