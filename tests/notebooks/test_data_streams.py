"Written from nbs/data/streams.ipynb by `make export`: edit there."

import re
import tempfile
from pathlib import Path

import numpy as np
import pytest

from lorasent.data.columns import Columns
from lorasent.data.sources import read_source
from lorasent.data.streams import split_stream

pytestmark = pytest.mark.xdist_group("data/streams")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global folder, i, notes, parts, raw, role, rows, stream
    folder = Path(tempfile.mkdtemp())
    (folder / "rows.csv").write_text(
        "review,tone\n" + "".join(f"row {i % 900},{'good' if i % 3 else 'bad'}\n" for i in range(1000)) + " ,good\n"
    )
    raw = read_source(str(folder / "rows.csv"), streaming=True).splits["train"]
    parts, stream, notes = split_stream(
        {"train": raw, "test": None, "validation": None}, Columns("review", "tone"), dict(test=0.1, validation=0.1)
    )
    {role: len(rows) for role, rows in parts.items()}, stream.count, stream.class_counts, notes


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
    with pytest.raises(Exception, match=re.escape("cut by shares")):
        split_stream(
            {"train": raw, "test": None, "validation": None}, Columns("review", "tone"), dict(test=10, validation=0.1)
        )
    with pytest.raises(Exception, match=re.escape("in memory already")):
        split_stream(
            {"train": parts["train"], "test": None, "validation": None}, Columns(), dict(test=0.1, validation=0.1)
        )
    given = split_stream(
        {"train": raw, "test": raw.take(5), "validation": None},
        Columns("review", "tone"),
        dict(test=0.1, validation=0.1),
    )
    assert not set(given[0]["test"]["text"]) & {o["text"] for o in given[1].rows}
