"Written from nbs/measure/raters.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.measure.raters import human_baseline, rater_counts

pytestmark = [pytest.mark.xdist_group("measure/raters")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global counts, domains, macro_f1, snippets
    [counts, domains, macro_f1, snippets] = story("measure/raters").take("counts", "domains", "macro_f1", "snippets")


def test_rater_counts():
    assert rater_counts([[1, 2, 0, 2]])[0, 8] == 0.75
    assert rater_counts([[1, 2, 0, 2]])[0, 7] == 0.25


def test_human_baseline():
    found = {domain: macro_f1(counts[domains == domain]) for domain in set(domains)}
    assert found["amazon"] == pytest.approx(0.815, abs=6e-4) and found["nyt"] == pytest.approx(0.675, abs=6e-4)
    assert found["tweets"] > 0.74 and found["movies"] > 0.68
    assert human_baseline(snippets, ["bad", "good"]) == {}
