"Written from nbs/model/training.ipynb by `make export`: edit there."

import math
import os
import re
import tempfile
from pathlib import Path

import numpy as np
import pytest
import torch
from datasets import Dataset
from scipy.special import softmax
from transformers import set_seed

from lorasent.data.loading import class_counts, load_data, split_sizes
from lorasent.measure.metrics import headline
from lorasent.measure.plots import plot_training
from lorasent.model.encoder import build_classifier, load_encoder
from lorasent.model.methods import apply_method
from lorasent.model.training import TrainingError, fit, tokenize, weigh_classes, weighted_loss

pytestmark = pytest.mark.xdist_group("model/training")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global \
        broken, \
        folder, \
        i, \
        long_rows, \
        minilm, \
        name, \
        o, \
        rated, \
        result, \
        results, \
        rows, \
        streamed, \
        table, \
        tiny, \
        train, \
        windowed
    folder = tempfile.mkdtemp()
    minilm = load_encoder("minilm", max_length=16, precision="fp32")
    table = Path(folder) / "rows.csv"
    table.write_text(
        "text,label\n"
        + "".join(
            f"{'lovely' if i % 2 else 'awful'} {'day ' * (i % 5)}number {i},{'good' if i % 2 else 'bad'}\n"
            for i in range(120)
        )
    )
    rows = load_data(str(table))

    def train(**options):
        set_seed(0)
        return fit(
            apply_method(build_classifier(minilm, rows.label_names), rank=4),
            minilm,
            rows,
            **dict(batch_size=8, learning_rate=2e-3) | options,
        )

    result = train(epochs=3, early_stopping=None)
    print(result)
    plot_training(result.losses, result.epochs, "macro_f1", result.best_epoch)
    broken = apply_method(build_classifier(minilm, rows.label_names), rank=4)
    with torch.no_grad():
        next(o for o in broken.parameters() if o.requires_grad).fill_(float("nan"))
    try:
        fit(broken, minilm, rows, epochs=1)
    except TrainingError as error:
        print(error)

    def tiny(data, encoder=minilm, **options):
        set_seed(0)
        return fit(
            apply_method(build_classifier(encoder, data.label_names), rank=2),
            encoder,
            data,
            **dict(batch_size=8, epochs=1, learning_rate=2e-3) | options,
        )

    windowed = load_encoder("minilm", max_length=8, long_text="windows", window_overlap=2, precision="fp32")
    long_rows = Dataset.from_dict(
        {
            "text": [
                f"{'word ' * (i % 13)}{'lovely' if i % 2 else 'awful'} {'word ' * (i % 11)}{i}" for i in range(80)
            ],
            "label": ["good" if i % 2 else "bad" for i in range(80)],
        }
    )
    rated = long_rows.add_column("ratings", [["good", "good", "bad"] if i % 2 else ["bad"] * 3 for i in range(80)])
    streamed = load_data(str(table), streaming=True, validation_size=0.2, test_size=0.2)
    results = dict(
        windows=tiny(load_data(long_rows), windowed, epochs=4),
        soft=tiny(load_data(rated), labels="soft"),
        balanced=tiny(rows, class_weights="balanced", focal_gamma=2.0),
        stream=tiny(streamed, epochs=3, early_stopping=None),
    )
    {name: round(result.epochs[-1]["macro_f1"], 2) for name, result in results.items()}


@pytest.mark.slow
def test_weighted_loss():
    logits, labels = torch.randn(6, 3, generator=torch.Generator().manual_seed(0)), torch.tensor([0, 1, 2, 2, 1, 0])
    hard, weights = torch.eye(3)[labels], torch.tensor([1.0, 2.0, 0.5])
    assert weighted_loss(logits, hard, torch.ones(3)).item() == pytest.approx(
        torch.nn.functional.cross_entropy(logits, labels).item(), abs=1e-6
    )
    assert weighted_loss(logits, hard, weights).item() == pytest.approx(
        torch.nn.functional.cross_entropy(logits, labels, weight=weights).item(), abs=1e-6
    )
    assert weighted_loss(logits, torch.full((6, 3), 1 / 3), torch.ones(3)).item() == pytest.approx(
        torch.nn.functional.cross_entropy(logits, torch.full((6, 3), 1 / 3)).item(), abs=1e-6
    )
    true = torch.softmax(logits, 1)[range(6), labels]
    assert weighted_loss(logits, hard, torch.ones(3), 2.0).item() == pytest.approx(
        (-((1 - true) ** 2) * true.log()).mean().item(), abs=1e-6
    )


@pytest.mark.slow
def test_the_same_seed_gives_the_same_losses():
    assert len(result.epochs) == 3
    assert result.epochs[-1]["macro_f1"] > 0.9
    assert train(epochs=3, early_stopping=None).losses == result.losses  # the same seed, the same losses
    same = [train(epochs=2, early_stopping=None) for _ in range(2)]
    assert all(torch.equal(a, b) for a, b in zip(same[0].model.parameters(), same[1].model.parameters()))


@pytest.mark.slow
def test_the_best_epoch_is_kept():
    ruined = train(epochs=4, early_stopping=None, learning_rate=0.3, schedule="constant", selection_metric="log_loss")
    with torch.no_grad():
        logits = torch.cat(
            [ruined.model(**minilm.tokenizer(o, return_tensors="pt")).logits for o in rows.validation["text"]]
        )
    again = headline(rows.validation["label"][:], softmax(logits.double().numpy(), axis=1))
    assert again["log_loss"] == pytest.approx(min(o["log_loss"] for o in ruined.epochs), abs=1e-4)
    assert again["log_loss"] == pytest.approx(ruined.epochs[ruined.best_epoch - 1]["log_loss"], abs=1e-4)


@pytest.mark.slow
def test_a_loss_that_is_no_number_stops_it():
    with pytest.raises(Exception, match=re.escape("diverged at step")):
        fit(broken, minilm, rows, epochs=1)


@pytest.mark.slow
def test_windows_soft_labels_weights_and_streams():
    assert results["windows"].epochs[-1]["macro_f1"] > 0.8 and results["stream"].epochs[-1]["macro_f1"] > 0.8
    assert results["stream"].epochs[-1]["step"] == 3 * math.ceil(split_sizes(streamed)["train"] / 8)
    assert weigh_classes(rows, {"good": 2})[rows.label_names.index("good")] == 2.0
    assert float(np.dot(weigh_classes(rows, "balanced"), class_counts(rows, "train"))) == pytest.approx(
        len(rows.train), abs=1e-5
    )
    with pytest.raises(Exception, match=re.escape("did you mean 'good'")):
        tiny(rows, class_weights={"god": 2})
    with pytest.raises(Exception, match=re.escape("needs a column of single ratings")):
        tiny(rows, labels="soft")
    before, limits = tokenize(rows.train, minilm), tokenize.__globals__
    os.environ["LORASENT_CACHE"] = folder
    limits["_IN_MEMORY"], limits["_PIECE"] = 10, 40
    for _attempt in range(2):
        assert tokenize(rows.train, minilm).to_dict() == before.to_dict()
    assert list(Path(folder).glob("tokens/*.arrow"))  # from the cache, the second time
    del os.environ["LORASENT_CACHE"]
    limits["_IN_MEMORY"], limits["_PIECE"] = 50_000, 100_000
