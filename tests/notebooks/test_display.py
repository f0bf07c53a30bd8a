"Written from nbs/display.ipynb by `make export`: edit there."

import json
import tempfile
from pathlib import Path

import pytest
from stories import story

from lorasent.display import (
    _POINTS,
    Progress,
    Table,
    _curve,
    _line,
    _NotebookFace,
    clock,
    plain,
    progress_seconds,
    shorten,
)

pytestmark = [pytest.mark.xdist_group("display")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global last
    [last] = story("display").take("last")


def test_shorten():
    shown = Table([{"text": "<script>", "n": 1234, "x": 0.5, "none": None}])._repr_html_()
    assert "<script>" not in shown and "&lt;script&gt;" in shown and "1,234" in shown and "0.500" in shown
    assert repr(Table([{"a": 1, "b": "x"}])) == "1 | x"
    assert ("<tbody></tbody>" in Table([])._repr_html_()) is True
    assert (len(Table([{"text": "x" * 1_000_000}])._repr_html_()) < 1000) is True
    assert shorten("x" * 1_000_000, 3) == "xx… (1,000,000 characters)"


def test_plain():
    assert plain("\x1b[0;31mValueError\x1b[0m: no") == "ValueError: no"


def test_line():
    progress = Progress(100, "training")
    progress.done = 50
    progress.facts = {"loss": 0.5}
    assert _line(progress).startswith("training · 50/100 · loss 0.500 · 0:00 elapsed")
    assert [clock(o) for o in (None, 5, 65, 3600)] == ["–:––", "0:05", "1:05", "1:00:00"]


def test_progress_bar():
    assert (last["done"], last["total"], last["label"]) == (3, 3, "counting")


def test_the_seconds_of_one_thing_after_the_other_are_added_up():
    file = Path(tempfile.mkdtemp()) / "progress.jsonl"
    file.write_text("".join(json.dumps(dict(label="", seconds=o)) + "\n" for o in (0.5, 2.0, 0.25, 3.0, 3.0)) + '{"la')
    assert progress_seconds(file) == 5.0 and progress_seconds(file.parent / "none") is None


def test_curves_of_a_notebook():
    face, progress = _NotebookFace(), Progress(2000)
    for progress.done in range(1, 1001):
        progress.facts = dict(loss=1 / progress.done)
        face._follow(progress)
    assert 2 < len(face.curves["loss"]) <= _POINTS and face.curves["loss"][0] == (1, 1.0)
    assert "loss: 1.000 at first, 0.001 now" in _curve("loss", face.curves["loss"])
    progress.done = 3
    face._follow(progress)
    assert len(face.curves["loss"]) == 1  # a second training does not continue the curve of the first
