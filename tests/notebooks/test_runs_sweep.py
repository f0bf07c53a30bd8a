"Written from nbs/runs/sweep.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest

from lorasent.runs.folder import SweepError
from lorasent.runs.sweep import read_plan

pytestmark = pytest.mark.xdist_group("runs/sweep")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global place, plan
    place = Path(tempfile.mkdtemp()) / "rates.yaml"
    place.write_text("{set: {encoder: minilm}, grid: {rank: [4, 16], learning_rate: [3e-4, 1e-3]}, seeds: 2}")
    plan = read_plan(place)
    plan.name, len(plan.members), plan.members[3].varied


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
