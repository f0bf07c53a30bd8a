"Written from nbs/data/streams.ipynb by `make export`: edit there."

import re

import numpy as np
import pytest
from stories import story

from lorasent.data.columns import Columns
from lorasent.data.encodings import DataError
from lorasent.data.streams import split_stream

pytestmark = [pytest.mark.xdist_group("data/streams"), pytest.mark.torch]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global parts, raw, stream
    [parts, raw, stream] = story("data/streams").take("parts", "raw", "stream")


def test_split_stream():
    assert sum(map(len, parts.values())) == 1000
    texts = {role: set(rows["text"]) for role, rows in parts.items()}
    assert (
        not texts["train"] & texts["test"]
        and not texts["train"] & texts["validation"]
        and not texts["test"] & texts["validation"]
    )
    for _epoch in range(2):  # the same rows, each time
        again = list(stream.rows)
        assert (len(again), {o["text"] for o in again}, np.bincount([o["label"] for o in again]).tolist()) == (
            stream.count,
            texts["train"],
            stream.class_counts.tolist(),
        )
    with pytest.raises(DataError, match=re.escape("use a share")):
        split_stream(
            {"train": raw, "test": None, "validation": None}, Columns("review", "tone"), dict(test=10, validation=0.1)
        )
    with pytest.raises(DataError, match=re.escape("in memory already")):
        split_stream(
            {"train": parts["train"], "test": None, "validation": None}, Columns(), dict(test=0.1, validation=0.1)
        )
    given = split_stream(
        {"train": raw, "test": raw.take(5), "validation": None},
        Columns("review", "tone"),
        dict(test=0.1, validation=0.1),
    )
    assert not set(given[0]["test"]["text"]) & {row["text"] for row in given[1].rows}
