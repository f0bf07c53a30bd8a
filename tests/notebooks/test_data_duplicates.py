"Written from nbs/data/duplicates.ipynb by `make export`: edit there."

import numpy as np
import pytest

from lorasent.data.duplicates import _first_twin

pytestmark = [pytest.mark.xdist_group("data/duplicates")]


def test_first_twin():
    assert _first_twin(np.array([0, 0, 1, 2, 2]), np.array([7, 7, 7, 8, 8]), within=True).tolist() == [-1, 0, -1, -1, 3]
    assert _first_twin(np.array([0, 0, 1, 2, 2]), np.array([7, 7, 7, 7, 8]), within=False).tolist() == [
        -1,
        -1,
        0,
        0,
        -1,
    ]
