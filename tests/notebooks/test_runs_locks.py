"Written from nbs/runs/locks.ipynb by `make export`: edit there."

import json
import time
import uuid

import pytest
from filelock import Timeout
from fsspec import filesystem
from stories import story

from lorasent.runs.locks import _STALE, is_marked, locked, mark, unmark

pytestmark = [pytest.mark.xdist_group("runs/locks")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global elsewhere, reports
    [elsewhere, reports] = story("runs/locks").take("elsewhere", "reports")


def test_a_lease_that_was_left_behind_is_taken():
    left = f"/bucket/reports/.locks/soup.{uuid.uuid4().hex}.lease"
    filesystem("memory").pipe_file(left, json.dumps(dict(renewed=time.time() - 2 * _STALE)).encode())
    with locked(elsewhere, "soup"), pytest.raises(Timeout), locked(reports, "soup"):
        pass
    assert not filesystem("memory").glob("/bucket/reports/.locks/soup.*.lease")
    mark(reports, "soup.stop")
    assert is_marked(elsewhere, "soup.stop")
    unmark(elsewhere, "soup.stop")
    assert not is_marked(reports, "soup.stop")
