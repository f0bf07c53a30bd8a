"Written from nbs/inference/prediction.ipynb by `make export`: edit there."

import json

import numpy as np
import pandas as pd
import pytest
from stories import story

from lorasent.data.encodings import Reading
from lorasent.inference.classifier import SentimentClassifier
from lorasent.inference.prediction import PredictionError, predict_file

pytestmark = [pytest.mark.xdist_group("inference/prediction"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global classifier, count, folder, table
    [classifier, count, folder, table] = story("inference/prediction").take("classifier", "count", "folder", "table")


def test_predict_file():
    def read(path):
        readers = {".csv": pd.read_csv, ".parquet": pd.read_parquet}
        if path.name.endswith((".tsv", ".tsv.gz")):
            return pd.read_csv(path, sep="\t")
        return readers.get(path.suffix, lambda o: pd.read_json(o, lines=True))(path)

    expected = read(folder / "labelled.csv")
    assert count == 40
    assert list(expected.columns) == ["review", "stars", "prediction", "probability_bad", "probability_good"]
    assert list(expected["prediction"]) == ["bad", "good"] * 20 and list(expected["review"]) == list(table["review"])
    for name in ("a.tsv", "a.tsv.gz", "a.jsonl", "a.parquet"):
        assert predict_file(classifier, folder / "reviews.csv", folder / name, text_column="review") == 40
        found = read(folder / name)
        assert list(found["prediction"]) == list(expected["prediction"])
        assert np.allclose(found["probability_good"], expected["probability_good"], atol=1e-6)
    (folder / "holes.jsonl").write_text('{"text": "awful"}\n{"text": null}\n{"text": "lovely"}\n')
    predict_file(classifier, folder / "holes.jsonl", folder / "holes-out.jsonl")
    lines = [json.loads(line) for line in (folder / "holes-out.jsonl").read_text().splitlines()]
    assert [line["prediction"] for line in lines] == ["bad", None, "good"] and lines[1]["probability_good"] is None
    for options, message in [
        (dict(output=folder / "a.tsv"), "already exists: --overwrite"),
        (dict(output=folder / "a.xml"), "the output must be"),
        (dict(text_column="reveiw"), "no column 'reveiw'; did you mean 'review'"),
        (dict(source=folder / "labelled.csv", text_column="review"), "already has a column 'prediction'"),
        (dict(source=folder / "nothing.csv"), "there is no file"),
        (dict(output=folder / "no" / "where.csv"), "there is no folder"),
    ]:
        with pytest.raises(PredictionError, match=message):
            predict_file(
                **dict(classifier=classifier, source=folder / "reviews.csv", output=folder / "b.csv") | options
            )
    assert not [o for o in folder.iterdir() if o.name.startswith(".")]


def test_it_goes_on():
    limits = predict_file.__globals__
    limits["_PIECE"], asked = 15, []
    try:
        predict_file(classifier, folder / "reviews.csv", folder / "whole.parquet", text_column="review")
        key = limits["_key"](folder / "reviews.csv", classifier, ["review"])
        parts = folder / f".cut.parquet.{key}"
        rows = limits["_read"](folder / "reviews.csv", ["review"], Reading(wanted=("review",)))
        limits["_predict_missing"](classifier, rows.select(range(15)), ["review"], parts)
        counted = SentimentClassifier.load(folder / "model")
        counted.answer = lambda texts: asked.append(len(texts)) or classifier.answer(texts)
        predict_file(counted, folder / "reviews.csv", folder / "cut.parquet", text_column="review")
    finally:
        limits["_PIECE"] = 10_000
    assert asked == [15, 10] and not parts.exists()
    assert (folder / "cut.parquet").read_bytes() == (folder / "whole.parquet").read_bytes()
