"Written from nbs/estimates.ipynb by `make export`: edit there."

import json
from dataclasses import asdict

import pytest

from lorasent.estimates import Estimate

pytestmark = [pytest.mark.xdist_group("estimates")]


def test_an_estimate_shows_itself():
    one, none = Estimate(0.5, 0.25, 0.75), Estimate(None)
    assert f"{one:.2f}" == "0.50 (0.25–0.75)" and str(one) == repr(one) == "0.500 (0.250–0.750)"
    assert f"{none:.2f}" == str(none) == "" and repr(none) == "undefined" and not none.defined
    assert Estimate.read(json.loads(json.dumps(asdict(one)))) == one
    with pytest.raises(TypeError):
        Estimate.read(dict(value=1, middle=2))
