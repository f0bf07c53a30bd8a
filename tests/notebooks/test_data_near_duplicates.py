"Written from nbs/data/near_duplicates.ipynb by `make export`: edit there."

import pytest

from lorasent.data.near_duplicates import near_pairs

pytestmark = [pytest.mark.xdist_group("data/near_duplicates")]


def test_near_pairs():
    assert near_pairs(
        [
            "the ad2600 had false silver plate instead of play display",
            "the 2600 had false silver plate instead of play display",
            "not what i had hoped for",
        ]
    ).tolist() == [[0, 1]]
    crowd = [f"{'the very same words again and again, ' * 3}{i}" for i in range(60)]
    assert {b for _, b in near_pairs(crowd)} == set(range(1, 60))
