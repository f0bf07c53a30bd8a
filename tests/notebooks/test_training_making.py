"Written from nbs/training/making.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.training.making import weight_table

pytestmark = [pytest.mark.xdist_group("training/making"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global made
    [made] = story("training/making").take("made")


def test_what_was_made():
    _, trained, _ = made("lora")
    assert trained.warnings == [] and trained.weights["before"]["frozen"] == trained.weights["after"]["frozen"]
    assert {row["part"] for row in weight_table(trained.weights).rows if row["moved"] == "yes"} == {"adapter", "head"}
    assert made("tfidf")[0].counts()["head"] > 100
