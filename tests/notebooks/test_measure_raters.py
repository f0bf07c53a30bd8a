"Written from nbs/measure/raters.ipynb by `make export`: edit there."

import numpy as np
import pytest

from lorasent.data.sources import SENTIMENTS, read_snippets
from lorasent.measure.raters import human_counts, rater_counts

pytestmark = pytest.mark.xdist_group("measure/raters")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global counts, domain, domains, macro_f1, snippets

    def macro_f1(counts):
        confusion = counts.sum(0).reshape(3, 3)
        return float(np.mean(2 * np.diag(confusion) / (confusion.sum(0) + confusion.sum(1))))

    snippets = read_snippets()
    domains, counts = np.array(snippets["domain"][:]), human_counts(snippets, SENTIMENTS)
    {domain: round(macro_f1(counts[domains == domain]), 3) for domain in ("tweets", "movies", "amazon", "nyt")}


@pytest.mark.slow
def test_rater_counts():
    assert rater_counts([[1, 2, 0, 2]])[0, 8] == 0.75
    assert rater_counts([[1, 2, 0, 2]])[0, 7] == 0.25


@pytest.mark.slow
def test_human_counts():
    found = {o: macro_f1(counts[domains == o]) for o in set(domains)}
    assert found["amazon"] == pytest.approx(0.815, abs=6e-4) and found["nyt"] == pytest.approx(0.675, abs=6e-4)
    assert found["tweets"] > 0.74 and found["movies"] > 0.68
    assert human_counts(snippets, ["bad", "good"]) is None
