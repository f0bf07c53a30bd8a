"Written from nbs/cli.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.config import field_table

pytestmark = [pytest.mark.xdist_group("cli"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global shown
    [shown] = story("cli").take("shown")


def test_main():
    for row in field_table():
        assert f" {row['name']} = " in shown, row["name"]
