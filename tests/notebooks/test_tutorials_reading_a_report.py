"Written from nbs/tutorials/reading_a_report.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.estimates import Estimate

pytestmark = [pytest.mark.xdist_group("tutorials/reading_a_report"), pytest.mark.train]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global metrics, round_trip
    [metrics, round_trip] = story("tutorials/reading_a_report").take("metrics", "round_trip")


def test_the_committed_report_says_what_the_text_says():
    model, tfidf = (Estimate.read(o["test"]["macro_f1"]) for o in (metrics, metrics["baselines"]["TF-IDF"]))
    assert model.low > tfidf.high
    assert all(form["difference"] < 1e-4 for form in round_trip["forms"] if form["form"] in ("loaded again", "merged"))
