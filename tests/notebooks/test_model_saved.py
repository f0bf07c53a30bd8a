"Written from nbs/model/saved.ipynb by `make export`: edit there."

import importlib.util
import json
import tempfile
from pathlib import Path

import pytest
from stories import story

from lorasent.fetch import kept, machine
from lorasent.model.saved import (
    DESCRIPTION,
    ROUND_TRIP,
    AdapterError,
    checked_backend,
    find_saved,
    kept_name,
    write_description,
)

pytestmark = [pytest.mark.xdist_group("model/saved")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global run, saved
    [run, saved] = story("model/saved").take("run", "saved")


def test_a_saved_model_is_found_and_read():
    assert find_saved(run / "model") == find_saved(run) == find_saved(saved) == saved
    assert saved.add(temperature=2.0) == find_saved(run) and find_saved(run).description["temperature"] == 2
    with pytest.raises(AdapterError, match="is not a saved model"):
        find_saved(run / "nothing")
    (run / "model" / DESCRIPTION).write_text("{")
    with pytest.raises(AdapterError, match="damaged"):
        find_saved(run / "model")


def test_a_check_on_another_machine_does_not_count():
    home = Path(tempfile.mkdtemp())
    (home / "model").mkdir()
    write_description(home / "model", method="lora", label_names=["bad", "good"])
    model = find_saved(home)
    assert checked_backend(model) is None
    with kept("exports", kept_name(model, "onnx")) as place:
        place.mkdir(exist_ok=True)
    for named, expected in ((machine(), place), ("another", None)):
        (home / ROUND_TRIP).write_text(json.dumps(dict(machine=named, backend="onnx")))
        assert checked_backend(model) == (expected if importlib.util.find_spec("onnxruntime") else None)
    place.rmdir()
    (home / ROUND_TRIP).write_text(json.dumps(dict(machine=machine(), backend="onnx")))
    assert checked_backend(model) is None
