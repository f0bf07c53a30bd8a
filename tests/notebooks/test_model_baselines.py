"Written from nbs/model/baselines.ipynb by `make export`: edit there."

import subprocess
import sys
import tempfile

import numpy as np
import pytest
from datasets import Dataset
from sklearn.metrics import f1_score
from stories import story

from lorasent.config import make_config
from lorasent.data.columns import texts_of
from lorasent.data.loading import load_data
from lorasent.data.sources import SENTIMENTS, read_snippets
from lorasent.measure.metrics import confusion_scores, headline
from lorasent.measure.raters import human_baseline
from lorasent.model.baselines import BaselineError, BaselineModel, Vader, check_baselines, load_baseline
from lorasent.model.saved import AdapterError

pytestmark = [pytest.mark.xdist_group("model/baselines")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global data, fitted, model, rows, saved
    [data, fitted, model, rows, saved] = story("model/baselines").take("data", "fitted", "model", "rows", "saved")


def test_baselines():
    assert list(Vader().probabilities(["What a lovely day!", "It is noon.", "This is awful :("]).argmax(1)) == [2, 1, 0]
    assert list(fitted.predict(data.validation)) == ["majority class", "VADER", "TF-IDF"] and fitted.notes == []
    truth = data.validation["label"][:]
    texts = texts_of(data.validation)
    for name in ("majority", "vader", "tfidf"):
        one = BaselineModel(name, data.label_names)
        one.fit(data, make_config(dataset="-", method=name))
        again = load_baseline(one.save(tempfile.mkdtemp()))
        assert np.array_equal(again.probabilities(texts), one.probabilities(texts)), name
        assert np.allclose(again.probabilities(texts).sum(1), 1)
    assert headline(truth, model.probabilities(texts))["macro_f1"] > 0.9
    two_classes = load_data(Dataset.from_list([row for row in rows if row["label"] != "neutral"]))
    with pytest.raises(BaselineError, match="vader knows the classes negative, neutral, positive"):
        check_baselines(two_classes, make_config(method="vader"))
    two = BaselineModel("tfidf", ["negative", "neutral", "positive"])  # a class without training rows is never given
    two.baseline.fit(["good day", "bad day"] * 20, np.array([2, 0] * 20), 3, 0)
    assert two.probabilities(["good day"])[0].argmax() == 2 and two.probabilities(["good day"])[0, 1] < 1e-6


def test_vader_on_snippets():
    snippets = read_snippets()
    labels, domains = np.array(snippets["label"][:]), np.array(snippets["domain"][:])
    found = Vader().probabilities(snippets["text"][:]).argmax(1)
    [human] = human_baseline(snippets, SENTIMENTS).values()
    own = headline(labels, np.eye(3)[found])["macro_f1"]
    assert own == pytest.approx(f1_score(labels, found, average="macro"), abs=1e-5)
    for domain in set(domains):
        inside = domains == domain
        rated = confusion_scores(human[inside].sum(0).reshape(3, 3))["macro_f1"]
        assert rated > headline(labels[inside], np.eye(3)[found[inside]])["macro_f1"]


@pytest.mark.process
def test_a_baseline_needs_no_torch_and_reports_damage():
    code = "import sys; from lorasent.model.baselines import load_baseline; "
    code += "load_baseline(sys.argv[1]).probabilities(['x']); "
    done = subprocess.run([sys.executable, "-c", code + "print('torch' in sys.modules)", saved], capture_output=True)
    assert done.stdout.split() == [b"False"], done.stderr
    damaged = model.save(tempfile.mkdtemp())
    (damaged / "baseline.safetensors").write_bytes((saved / "baseline.safetensors").read_bytes()[:500])
    with pytest.raises(AdapterError, match="is damaged"):
        load_baseline(damaged)
