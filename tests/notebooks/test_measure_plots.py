"Written from nbs/measure/plots.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import numpy as np
import pytest
from stories import story

from lorasent.measure.plots import plot_confusion

pytestmark = [pytest.mark.xdist_group("measure/plots")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global picture
    [picture] = story("measure/plots").take("picture")


def test_plot_calibration():
    folder = tempfile.mkdtemp()
    assert picture.save(folder) == picture
    assert "currentColor" in picture.svg and "currentColor" not in (Path(folder) / "training.svg").read_text()
    assert "0.660, 0.700, 0.690; epoch 2 was kept" in picture.alt
    nasty = plot_confusion([0, 1], [0, 1], ["<script>alert(1)</script>", '"quoted'])._repr_html_()
    assert "<script" not in nasty
    many = plot_confusion(np.arange(3000) % 150, np.arange(3000) * 7 % 150, [f"class {i}" for i in range(150)])
    assert len(many.svg) < 200_000 and many.svg.count("<text") < 40
