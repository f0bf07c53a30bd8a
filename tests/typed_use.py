"What a user writes who has a type checker: checked by mypy in strict mode, not run."

from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import assert_type

import lorasent
from lorasent import SentimentClassifier, apply_method, build_classifier, fit, load_config, load_data, load_encoder
from lorasent.inference.answers import Prediction, Predictions
from lorasent.measure.significance import ComparisonResult, compare_probabilities
from lorasent.runs.execution import train
from lorasent.runs.folder import find_run, read_runs
from lorasent.studies.overviews import compare

config = load_config("demo", settings=["limit=100"], rank=4)
assert_type(config.epochs, int)
data = load_data("snippets", limit=100)
assert_type(data.label_names, list[str])
assert_type(data.fingerprint, str)
encoder = load_encoder("minilm", max_length=32)
classifier = build_classifier(encoder, data.label_names)
fitted = fit(apply_method(classifier, method="lora", rank=4), encoder, data, epochs=1)
assert_type(fitted.best_epoch, int)
print(lorasent.audit(data, encoder), lorasent.score([0, 1], [[0.9, 0.1], [0.2, 0.8]])["accuracy"].value)

run = train(config, reports="reports", announce=print)
assert_type(compare(["one", "two"]), dict[Any, Any])
folder: Path = find_run("latest").folder
names: list[str] = [run.name for run in read_runs("reports")]
model = SentimentClassifier.load(folder, backend="torch")
assert_type(model.probabilities(["good", "bad"], batch_size=8), np.ndarray)
answers: Prediction | Predictions = model(["good"])  # type: ignore[assignment]  # or an iterator, of a stream
results: dict[str, ComparisonResult] = compare_probabilities(
    [0, 1], [[[0.9, 0.1], [0.2, 0.8]]], [[[0.9, 0.1], [0.2, 0.8]]]
)
