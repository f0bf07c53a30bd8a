"Written from nbs/runs/sweep.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.runs.folder import SweepError
from lorasent.runs.sweep import read_plan

pytestmark = [pytest.mark.xdist_group("runs/sweep")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global place, plan
    [place, plan] = story("runs/sweep").take("place", "plan")


def test_read_plan():
    assert [o.varied["rank"] for o in plan.members] == [4, 4, 4, 4, 16, 16, 16, 16]
    assert [(o.config.seed, o.config.name, o.config.encoder) for o in plan.members[:2]] == [
        (0, "rates", "minilm"),
        (1, "rates", "minilm"),
    ]
    place.write_text("{list: [{method: lora}, {method: tfidf}], workers: 2, retries: 1}")
    listed = read_plan(place, workers=3)
    assert [o.config.method for o in listed.members] == ["lora", "tfidf"]
    assert (listed.workers, listed.retries) == (3, 1)
    place.write_text("{grid: {rank: []}}")
    with pytest.raises(SweepError, match="grid wants a list of values"):
        read_plan(place)
