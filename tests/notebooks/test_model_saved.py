"Written from nbs/model/saved.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest

from lorasent.model.saved import DESCRIPTION, AdapterError, find_saved, read_description, write_description

pytestmark = pytest.mark.xdist_group("model/saved")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global run
    run = Path(tempfile.mkdtemp())
    (run / "model").mkdir()
    write_description(run / "model", method="tfidf", label_names=["bad", "good"])
    find_saved(run).name, read_description(find_saved(run))


def test_descriptions():
    assert find_saved(run / "model") == find_saved(run) == run / "model"
    with pytest.raises(AdapterError, match="holds no saved model"):
        read_description(run)
    (run / "model" / DESCRIPTION).write_text("{")
    with pytest.raises(AdapterError, match="damaged"):
        read_description(run / "model")
