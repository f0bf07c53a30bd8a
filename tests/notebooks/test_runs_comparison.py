"Written from nbs/runs/comparison.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from lorasent.config import LorasentError, make_config
from lorasent.data.loading import load_data
from lorasent.runs.comparison import (
    ComparisonError,
    Flips,
    _places,
    all_verdicts,
    read_comparison,
    side_by_side,
    slices,
)
from lorasent.runs.folder import MEMBERS, write_json

pytestmark = pytest.mark.xdist_group("runs/comparison")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global answers, comparison, config, data, fingerprint, frame, generator, i, made_up, reports, rows
    reports = Path(tempfile.mkdtemp())
    generator = np.random.default_rng(0)
    rows = pd.DataFrame(
        dict(
            text=[f"{'not ' if i % 3 == 0 else ''}a lunch of {i}{'?' if i % 5 == 0 else ''}" for i in range(300)],
            label=["good" if i % 2 else "bad" for i in range(300)],
        )
    )
    rows.to_csv(reports / "lunch.csv", index=False)
    config = make_config(dataset=str(reports / "lunch.csv"), method="tfidf", name="guesses", test_size=200)
    fingerprint = load_data(config).test_fingerprint
    data = load_data(config).test

    def answers(share):
        "Probabilities that are on the right side for a share of the rows."
        truth = load_data(config).test_labels("made-up answers")
        right = np.where(generator.random(len(truth)) < share, 0.8, 0.2)
        return truth, np.where(truth == 1, right, 1 - right)

    def frame(share):
        "As a run leaves its predictions."
        truth, good = answers(share)
        names = np.array(["bad", "good"])
        told = dict(id=data["id"][:], label=names[truth], prediction=names[(good > 0.5).astype(int)])
        return pd.DataFrame(told | dict(probability_bad=1 - good, probability_good=good))

    def made_up(name, shares, **facts):
        "A run folder."
        folder = reports / f"{name}-20261126-120000-00000000"
        folder.mkdir()
        frames = [frame(o) for o in shares]
        frames[0].to_parquet(folder / "predictions.parquet")
        for seed, one in enumerate(frames if len(frames) > 1 else []):
            place = folder / MEMBERS / f"seed-{seed}"
            place.mkdir(parents=True)
            one.to_parquet(place / "predictions.parquet")
        record = dict(id=folder.name, status="completed", started="2026-11-26T12:00:00+00:00", seconds=3.0)
        record |= dict(training_seconds=2.0, config=config.model_dump() | dict(name=name))
        record |= dict(data=dict(label_names=["bad", "good"]), test_set=dict(fingerprint=fingerprint)) | facts
        write_json(folder / "run.json", record)
        write_json(folder / "metrics.json", {})

    made_up("guesses", [0.5])
    made_up("fair", [0.66])
    made_up("better", [0.78, 0.77])
    comparison = read_comparison(["guesses", "fair", "better"], reports)
    comparison


def test_verdicts_of_runs():
    found = {(a, b): o for a, b, o in all_verdicts(comparison)["accuracy"]}
    assert found["guesses", "better"].outcome == "better" and found["guesses", "better"].seeds == (1, 2)
    right = [float((comparison[o].answers == comparison.truth).mean()) for o in ("guesses", "fair")]
    assert found["guesses", "fair"].difference == pytest.approx(right[1] - right[0])
    scores = side_by_side(comparison)["fair"]["accuracy"]
    assert scores["low"] < right[1] < scores["high"] and scores["value"] == pytest.approx(right[1])


def test_rows_that_tell_runs_apart():
    flips, page = Flips(comparison), Flips(comparison)._repr_html_()
    right = np.stack([o.answers == comparison.truth for o in comparison.contestants])
    assert len(flips) == int((right.any(0) & ~right.all(0)).sum()) == page.count("data-right=")
    negated = slices(comparison)["with a negation"]
    assert negated.sum() == comparison.rows["text"].str.startswith("not ").sum()


def test_ids_that_stand_twice():
    assert _places(["a", "b", "a"], ["a", "a", "b", "c"]).tolist() == [0, 2, 1, -1]


def test_what_cannot_be_compared():
    for runs, why in ((["fair"], "at least two"), (["fair", "fair"], "each once"), (["fair", "fare"], "did you mean")):
        with pytest.raises(LorasentError, match=why):
            read_comparison(runs, reports)
    made_up("elsewhere", [0.6], test_set=dict(fingerprint="another"))
    made_up("broken", [0.6], status="failed")
    for other, why in (("elsewhere", "different rows: --shared"), ("broken", "its status is failed")):
        with pytest.raises(ComparisonError, match=why):
            read_comparison(["fair", other], reports)
