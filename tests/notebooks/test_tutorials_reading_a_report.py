"Written from nbs/tutorials/reading_a_report.ipynb by `make export`: edit there."

import json
from pathlib import Path

import pytest

import lorasent
from lorasent.measure.plots import plot_slices

pytestmark = pytest.mark.xdist_group("tutorials/reading_a_report")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global checkout, folder, metrics, o, proof, record, scores, who

    checkout = Path(lorasent.__file__).parents[1]
    folder = next((checkout / "reports" / "evidence").glob("demo-*"))
    metrics, record = (json.loads((folder / f"{o}.json").read_text()) for o in ("metrics", "run"))
    scores = {"this model": metrics["test"], **{who: o["test"] for who, o in metrics["baselines"].items()}}
    plot_slices({who: {"all": o["macro_f1"]} for who, o in scores.items()}, "macro-F1")
    proof = json.loads((folder / "proof.json").read_text())
    [(o["form"], o["difference"], o["fault"] or o["flag"]) for o in proof["forms"]]


def test_the_committed_report_says_what_the_text_says():
    assert metrics["test"]["macro_f1"]["low"] > metrics["baselines"]["TF-IDF"]["test"]["macro_f1"]["high"]
    assert all(o["difference"] < 1e-4 for o in proof["forms"] if o["form"] in ("loaded again", "merged"))
