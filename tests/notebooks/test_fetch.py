"Written from nbs/fetch.ipynb by `make export`: edit there."

import os
import tempfile
import time

import numpy as np
import pytest
from stories import story

from lorasent.fetch import clear_cache, keep_file, kept_entries, remembered

pytestmark = [pytest.mark.xdist_group("fetch")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global found
    [found] = story("fetch").take("found")


def test_fetch():
    assert found.name == "kept-1.0.tar.gz"


def test_remembered():
    os.environ["LORASENT_CACHE"] = tempfile.mkdtemp()
    assert remembered("three", lambda: np.arange(3)).tolist() == [0, 1, 2]
    assert remembered("three", lambda: 1 / 0).tolist() == [0, 1, 2]
    for name, days in (("old", 40), ("new", 0), ("some", 2)):
        path = keep_file("tables", name, lambda o: o.write_bytes(bytes(1000)))
        os.utime(path, (time.time() - days * 86400,) * 2)
    assert [o.name for o, _, _ in kept_entries()][:2] == ["old", "some"]
    assert clear_cache(gib=1, oldest=30 * 86400) == 1000 and "old" not in [o.name for o, _, _ in kept_entries()]
    assert clear_cache(gib=1200 / 2**30, unused=3600) == 1000  # the next oldest
    assert clear_cache() > 1000 and not kept_entries()
    whole, damaged = (keep_file("tables", "rows", lambda o: o.write_text("as they were")) for _ in range(2))
    assert whole.read_text() == "as they were" and whole == damaged
    damaged.write_text("as they werf")
    assert keep_file("tables", "rows", lambda o: o.write_text("made again")).read_text() == "made again"
    del os.environ["LORASENT_CACHE"]
