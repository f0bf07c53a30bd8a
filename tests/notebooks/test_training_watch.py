"Written from nbs/training/watch.ipynb by `make export`: edit there."

import pytest
import torch
from stories import story

from lorasent.training.watch import Spread

pytestmark = [pytest.mark.xdist_group("training/watch"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global logits
    [logits] = story("training/watch").take("logits")


def test_what_is_no_collapse():
    same = torch.zeros(16, 2)
    slow = Spread(constant=0.3)
    steps = [(logits(0.01) + torch.tensor([0.05 * o, 0]), 0.7 - 0.004 * o) for o in range(100)]
    assert not any(slow.see(*step) for step in steps)  # it learns the shares of the classes first
    sure = Spread(constant=0.3)
    steps = [(2.0, 0.4)] * 12 + [(0.0, 0.01)] * 12
    assert not any(sure.see(logits(apart), loss) for apart, loss in steps)  # it is right
    single = Spread(constant=0.3)
    assert not any(single.see(same[:1], 0.7) for _ in range(50))  # a batch of one text tells nothing
    burst = Spread(constant=0.3)
    assert any(burst.see(logits(9.0), loss) for loss in [0.7] + [3.0] * 10)  # the first step was too large already
