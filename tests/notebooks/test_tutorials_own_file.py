"Written from nbs/tutorials/own_file.ipynb by `make export`: edit there."

import pytest
from stories import story

pytestmark = [pytest.mark.xdist_group("tutorials/own_file"), pytest.mark.train]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global card, classifier, data
    [card, classifier, data] = story("tutorials/own_file").take("card", "classifier", "data")


def test_the_file_is_read_and_learned_from():
    assert data.label_names == ["bad", "good"]
    assert {finding.kind for finding in card.findings} >= {"duplicates"}
    answers = classifier(["The bus was late", "A kind call"])
    assert [answer["label"] for answer in answers] == ["bad", "good"]
