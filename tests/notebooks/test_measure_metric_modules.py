"Written from nbs/measure/metric_modules.ipynb by `make export`: edit there."

import pytest
from sklearn import metrics as sk
from stories import story

from lorasent.measure.metric_modules import MetricError, headline_modules, load_modules, score_modules

pytestmark = [pytest.mark.xdist_group("measure/metric_modules"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global labels, modules, own, probabilities
    [labels, modules, own, probabilities] = story("measure/metric_modules").take(
        "labels", "modules", "own", "probabilities"
    )


def test_a_module_of_ones_own():
    [(name, found)] = score_modules(modules, labels, probabilities).items()
    by_hand = sk.balanced_accuracy_score(labels, probabilities.argmax(1))
    assert name == "balanced" and found.value == pytest.approx(by_hand, abs=1e-6)
    assert found.low < found.value < found.high
    adjusted = load_modules([{str(own): dict(adjusted=True)}])
    assert headline_modules(adjusted, labels, probabilities)["balanced"] < found.value


def test_what_is_not_to_be_had_is_one_line():
    with pytest.raises(MetricError, match="evaluate has no module 'nothing' in its cache"):
        load_modules(["nothing"])
    with pytest.raises(MetricError, match="no such file"):
        load_modules(["./nothing.py"])
    for text, why in (
        ("import nopackage\n" + own.read_text(), "nopackage"),
        ("x = (", "was never closed"),
        (own.read_text().replace('{"balanced"', '{"other": 1, "another"'), "gives other, another: choose one"),
        (own.read_text().replace("adjusted=adjusted", "wrong=1"), "cannot score these rows"),
    ):
        broken = own.with_name("broken.py")
        broken.write_text(text)
        with pytest.raises(MetricError, match=why):
            load_modules([str(broken)], classes=3)
