"Written from nbs/model/arithmetic.ipynb by `make export`: edit there."

import os
import re
import tempfile

import pytest
from stories import story

from lorasent.model.arithmetic import ATTENTIONS, PRECISIONS, Arithmetic, PrecisionError, _fastest, choose_arithmetic

pytestmark = [pytest.mark.xdist_group("model/arithmetic"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global example
    [example] = story("model/arithmetic").take("example")


def test_choose_arithmetic():
    os.environ["LORASENT_CACHE"], before = tempfile.mkdtemp(), os.environ.pop("LORASENT_PRECISION", None)
    chosen = choose_arithmetic(example)
    assert (
        chosen.precision in PRECISIONS
        and chosen.attention in ATTENTIONS
        and {"fp32 sdpa", "fp32 eager"} <= chosen.milliseconds.keys()
    )
    assert choose_arithmetic(example) == chosen  # from the cache
    assert set(choose_arithmetic(example, "fp32").milliseconds) == {"fp32 sdpa", "fp32 eager"}
    for precision in PRECISIONS:
        os.environ["LORASENT_PRECISION"] = precision
        assert choose_arithmetic(example, attention="sdpa") == Arithmetic(precision, "sdpa", {})
    os.environ["LORASENT_PRECISION"] = "fp16"
    with pytest.raises(PrecisionError, match=re.escape("LORASENT_PRECISION=fp16")):
        choose_arithmetic(example)
    os.environ.pop("LORASENT_PRECISION") if before is None else os.environ.update(LORASENT_PRECISION=before)
    del os.environ["LORASENT_CACHE"]
    assert _fastest({"fp32 sdpa": 10.0, "bf16 eager": 9.4}, "fp32 sdpa") == ("fp32", "sdpa")
    assert _fastest({"fp32 sdpa": 10.0, "bf16 sdpa": 9.9, "bf16 eager": 8.0}, "fp32 sdpa") == ("bf16", "eager")
    assert _fastest({}, "bf16 sdpa") == ("bf16", "sdpa")  # bf16 was asked for where it is hopeless
