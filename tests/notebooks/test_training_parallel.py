"Written from nbs/training/parallel.ipynb by `make export`: edit there."

import operator

import pytest

from lorasent.training.parallel import ParallelError, in_processes

pytestmark = [pytest.mark.xdist_group("training/parallel"), pytest.mark.torch]


def test_a_failure_names_the_process():
    with pytest.raises(ParallelError, match="TypeError"):
        in_processes(operator.add, "two", processes=2)
