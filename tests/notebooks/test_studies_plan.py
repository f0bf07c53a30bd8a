"Written from nbs/studies/plan.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.runs.folder import SweepError
from lorasent.studies.plan import read_plan

pytestmark = [pytest.mark.xdist_group("studies/plan"), pytest.mark.train]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global place, plan
    [place, plan] = story("studies/plan").take("place", "plan")


def test_read_plan():
    assert [run.varied["rank"] for run in plan.runs] == [4, 4, 4, 4, 16, 16, 16, 16]
    assert [(run.config.seed, run.config.name, run.config.encoder) for run in plan.runs[:2]] == [
        (0, "rates", "minilm"),
        (1, "rates", "minilm"),
    ]
    place.write_text("{list: [{method: lora}, {method: tfidf}], workers: 2, retries: 1}")
    listed = read_plan(place, workers=3)
    assert [run.config.method for run in listed.runs] == ["lora", "tfidf"]
    assert (listed.workers, listed.retries) == (3, 1)
    place.write_text("{grid: {rank: []}}")
    with pytest.raises(SweepError, match="grid must have a list of values"):
        read_plan(place)
