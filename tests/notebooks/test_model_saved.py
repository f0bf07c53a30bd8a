"Written from nbs/model/saved.ipynb by `make export`: edit there."

import importlib.util
import json
import tempfile
from pathlib import Path

import pytest
from stories import story

from lorasent.fetch import kept_place, machine
from lorasent.model.saved import (
    DESCRIPTION,
    PROOF,
    AdapterError,
    find_saved,
    kept_name,
    proven_backend,
    read_description,
    write_description,
)

pytestmark = [pytest.mark.xdist_group("model/saved")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global run
    [run] = story("model/saved").take("run")


def test_descriptions():
    assert find_saved(run / "model") == find_saved(run) == run / "model"
    with pytest.raises(AdapterError, match="holds no saved model"):
        read_description(run)
    (run / "model" / DESCRIPTION).write_text("{")
    with pytest.raises(AdapterError, match="damaged"):
        read_description(run / "model")


def test_a_proof_of_another_machine_does_not_count():
    home = Path(tempfile.mkdtemp())
    (home / "model").mkdir()
    write_description(home / "model", method="lora", label_names=["bad", "good"])
    assert proven_backend(home / "model") is None
    place = kept_place("exports", kept_name(home / "model", "onnx"))
    place.mkdir(exist_ok=True)
    for named, expected in ((machine(), place), ("another", None)):
        (home / PROOF).write_text(json.dumps(dict(machine=named, backend="onnx")))
        assert proven_backend(home / "model") == (expected if importlib.util.find_spec("onnxruntime") else None)
    place.rmdir()
    (home / PROOF).write_text(json.dumps(dict(machine=machine(), backend="onnx")))
    assert proven_backend(home / "model") is None
