"Written from nbs/measure/metric_modules.ipynb by `make export`: edit there."

import evaluate
import numpy as np
import pytest
from sklearn import metrics as sk

from lorasent.measure.metric_modules import AUROC, MCC, Accuracy, LogLoss, MacroF1, PerClass

pytestmark = [pytest.mark.xdist_group("measure/metric_modules"), pytest.mark.torch]


def test_a_u_r_o_c():
    rng = np.random.default_rng(0)
    labels, guesses, probabilities = rng.integers(0, 3, 200), rng.integers(0, 3, 200), rng.dirichlet(np.ones(3), 200)
    both = evaluate.combine([Accuracy(), MacroF1(), MCC(), AUROC(), LogLoss(), PerClass()]).compute(
        predictions=guesses, prediction_scores=probabilities, references=labels
    )
    assert both["macro_f1"] == pytest.approx(sk.f1_score(labels, guesses, average="macro"), abs=1e-5)
    assert both["log_loss"] == pytest.approx(sk.log_loss(labels, probabilities), abs=1e-5)
    assert both["recall"] == pytest.approx(sk.recall_score(labels, guesses, average=None).tolist(), abs=1e-5)
