"Written from nbs/model/parallel.ipynb by `make export`: edit there."

import operator

import pytest

from lorasent.model.parallel import ParallelError, in_processes

pytestmark = pytest.mark.xdist_group("model/parallel")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global found

    found = in_processes(operator.add, 2, processes=2)
    found


def test_what_fails_is_told():
    with pytest.raises(ParallelError, match="TypeError"):
        in_processes(operator.add, "two", processes=2)
