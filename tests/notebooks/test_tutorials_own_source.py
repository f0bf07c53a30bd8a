"Written from nbs/tutorials/own_source.ipynb by `make export`: edit there."

import pytest
from stories import story

pytestmark = [pytest.mark.xdist_group("tutorials/own_source"), pytest.mark.train]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global loaded
    [loaded] = story("tutorials/own_source").take("loaded")


def test_groups_stay_on_one_side():
    assert not set(loaded.train["sender"]) & set(loaded.test["sender"])
