"Written from nbs/fetch.ipynb by `make export`: edit there."

import hashlib
import os
import tempfile
from pathlib import Path

import numpy as np
import pytest

from lorasent.fetch import fetch, remembered

pytestmark = pytest.mark.xdist_group("fetch")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global folder, found
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LORASENT_CACHE"] = folder
        (Path(folder) / "kept-1.0.tar.gz").write_bytes(b"something")
        found = fetch("kept==1.0", "kept-1.0.tar.gz", hashlib.sha256(b"something").hexdigest())
        del os.environ["LORASENT_CACHE"]
    found.name


def test_fetch():
    assert found.name == "kept-1.0.tar.gz"


def test_remembered():
    import tempfile

    os.environ["LORASENT_CACHE"] = tempfile.mkdtemp()
    assert remembered("three", lambda: np.arange(3)).tolist() == [0, 1, 2]
    assert remembered("three", lambda: 1 / 0).tolist() == [0, 1, 2]
    del os.environ["LORASENT_CACHE"]
