"Written from nbs/training/fitting.ipynb by `make export`: edit there."

import math
import os
import re
from pathlib import Path

import numpy as np
import pytest
import torch
from scipy.special import softmax
from stories import story

from lorasent.data.encodings import DataError
from lorasent.data.loading import class_counts, split_sizes
from lorasent.measure.metrics import headline
from lorasent.training.fitting import fit, smooth, tokenize, weigh_classes, weighted_loss
from lorasent.training.watch import TrainingError

pytestmark = [pytest.mark.xdist_group("training/fitting"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global broken, folder, minilm, result, results, rows, streamed, tiny, train
    [broken, folder, minilm, result, results, rows, streamed, tiny, train] = story("training/fitting").take(
        "broken", "folder", "minilm", "result", "results", "rows", "streamed", "tiny", "train"
    )


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
    assert weighted_loss(logits, smooth(hard, 0.1), torch.ones(3)).item() == pytest.approx(
        torch.nn.functional.cross_entropy(logits, labels, label_smoothing=0.1).item(), abs=1e-6
    )
    true = torch.softmax(logits, 1)[range(6), labels]
    assert weighted_loss(logits, hard, torch.ones(3), 2.0).item() == pytest.approx(
        (-((1 - true) ** 2) * true.log()).mean().item(), abs=1e-6
    )


def test_the_same_seed_gives_the_same_losses():
    assert len(result.epochs) == 3
    assert result.epochs[-1]["macro_f1"] > 0.9
    assert train(epochs=3, early_stopping=None).losses == result.losses  # the same seed, the same losses
    same = [train(epochs=2, early_stopping=None) for _ in range(2)]
    assert all(torch.equal(a, b) for a, b in zip(same[0].model.parameters(), same[1].model.parameters()))


def test_the_best_epoch_is_kept():
    ruined = train(epochs=4, early_stopping=None, learning_rate=0.3, schedule="constant", selection_metric="log_loss")
    with torch.no_grad():
        logits = torch.cat(
            [ruined.model(**minilm.tokenizer(o, return_tensors="pt")).logits for o in rows.validation["text"]]
        )
    again = headline(rows.validation["label"][:], softmax(logits.double().numpy(), axis=1))
    assert again["log_loss"] == pytest.approx(min(epoch["log_loss"] for epoch in ruined.epochs), abs=1e-4)
    assert again["log_loss"] == pytest.approx(ruined.epochs[ruined.best_epoch - 1]["log_loss"], abs=1e-4)


def test_a_loss_that_is_no_number_stops_it():
    with pytest.raises(TrainingError, match="training collapsed: at step 1 its loss was nan"):
        fit(broken, minilm, rows, epochs=1)


def test_windows_soft_labels_weights_and_streams():
    assert results["windows"].epochs[-1]["macro_f1"] > 0.8 and results["stream"].epochs[-1]["macro_f1"] > 0.8
    assert len(results["few"].epochs) == 3  # two epochs have a step too few
    assert "max_minutes=0.0001 after 1 of" in results["short"].warnings[0]
    assert [(epoch["epoch"], epoch["step"]) for epoch in results["short"].epochs] == [(1, 1)]
    assert results["stream"].epochs[-1]["step"] == 3 * math.ceil(split_sizes(streamed)["train"] / 8)
    assert weigh_classes(rows, {"good": 2})[rows.label_names.index("good")] == 2.0
    assert float(np.dot(weigh_classes(rows, "balanced"), class_counts(rows, "train"))) == pytest.approx(
        len(rows.train), abs=1e-5
    )
    with pytest.raises(TrainingError, match=re.escape("did you mean 'good'")):
        tiny(rows, class_weights={"god": 2})
    with pytest.raises(DataError, match=re.escape("needs a column of single ratings")):
        tiny(rows, labels="soft")
    before, limits = tokenize(rows.train, minilm), tokenize.__globals__
    os.environ["LORASENT_CACHE"] = folder
    limits["_IN_MEMORY"], limits["_PIECE"] = 10, 40
    for _attempt in range(2):
        assert tokenize(rows.train, minilm).to_dict() == before.to_dict()
    assert list(Path(folder).glob("tokens/*.arrow"))  # from the cache, the second time
    del os.environ["LORASENT_CACHE"]
    limits["_IN_MEMORY"], limits["_PIECE"] = 50_000, 100_000
