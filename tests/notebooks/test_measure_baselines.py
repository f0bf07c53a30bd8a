"Written from nbs/measure/baselines.ipynb by `make export`: edit there."

import numpy as np
import pytest
from sklearn.metrics import f1_score

from lorasent.data.sources import SENTIMENTS, read_snippets
from lorasent.measure.baselines import baseline_counts, rater_counts, vader_classes

pytestmark = pytest.mark.xdist_group("measure/baselines")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global counts, domain, domains, macro_f1, name, o, snippets

    def macro_f1(counts):
        confusion = counts.sum(0).reshape(3, 3)
        return float(np.mean(2 * np.diag(confusion) / (confusion.sum(0) + confusion.sum(1))))

    snippets = read_snippets()
    domains = np.array(snippets["domain"][:])
    counts = baseline_counts(snippets, snippets["label"][:], SENTIMENTS)
    {
        domain: {name: round(macro_f1(o[domains == domain]), 3) for name, o in counts.items()}
        for domain in ("tweets", "movies", "amazon", "nyt")
    }


@pytest.mark.slow
def test_vader_classes():
    assert list(vader_classes(["What a lovely day!", "The train leaves at noon.", "This is awful :("])) == [2, 1, 0]


@pytest.mark.slow
def test_rater_counts():
    assert rater_counts([[1, 2, 0, 2]])[0, 8] == 0.75
    assert rater_counts([[1, 2, 0, 2]])[0, 7] == 0.25


@pytest.mark.slow
def test_baseline_counts():
    assert macro_f1(counts["VADER"]) == pytest.approx(
        f1_score(snippets["label"][:], vader_classes(snippets["text"][:]), average="macro"), abs=1e-5
    )
    assert all(
        macro_f1(counts["one human rater"][domains == d]) > macro_f1(counts["VADER"][domains == d])
        for d in set(domains)
    )
