"Written from nbs/measure/plots.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import numpy as np
import pytest

from lorasent.measure.plots import plot_confusion, plot_training

pytestmark = pytest.mark.xdist_group("measure/plots")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global e, i, picture, s
    picture = plot_training(
        [dict(step=i, epoch=i / 10, loss=1 / (1 + i / 8)) for i in range(1, 31)],
        [dict(epoch=e, macro_f1=s) for e, s in ((1, 0.66), (2, 0.7), (3, 0.69))],
        "macro_f1",
        2,
    )
    picture


def test_plot_calibration():
    folder = tempfile.mkdtemp()
    assert picture.save(folder) == picture
    assert "currentColor" in picture.svg and "currentColor" not in (Path(folder) / "training.svg").read_text()
    assert "0.660, 0.700, 0.690; epoch 2 was kept" in picture.alt
    nasty = plot_confusion([0, 1], [0, 1], ["<script>alert(1)</script>", '"quoted'])._repr_html_()
    assert "<script" not in nasty
    many = plot_confusion(np.arange(3000) % 150, np.arange(3000) * 7 % 150, [f"class {i}" for i in range(150)])
    assert len(many.svg) < 200_000 and many.svg.count("<text") < 40
