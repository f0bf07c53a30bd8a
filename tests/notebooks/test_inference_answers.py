"Written from nbs/inference/answers.ipynb by `make export`: edit there."

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from datasets import Dataset

from lorasent.inference.answers import Prediction, Predictions, TextError, checked_texts, in_pieces, is_stream

pytestmark = [pytest.mark.xdist_group("inference/answers")]


def test_texts_come_in_any_container():
    texts = ["fine", "rain"]
    table = dict(text=texts, text_pair=["a", "b"])
    for asked in (
        np.array(texts),
        pd.Series(texts, index=[7, 7]),
        pl.Series(texts),
        Dataset.from_dict(dict(text=texts)),
    ):
        assert checked_texts(asked) == texts
    for asked in (pd.DataFrame(table), pl.DataFrame(table), Dataset.from_dict(table)):
        assert checked_texts(asked) == [("fine", "a"), ("rain", "b")]
    assert [is_stream(o) for o in (iter(texts), texts, pd.Series(texts), "fine", None)] == [
        True,
        False,
        False,
        False,
        False,
    ]
    for asked, message in [
        (["fine", None], "row 2 is None, not a text"),
        (pd.Series(["fine", float("nan")]), "row 2 is nan"),
        (None, "None is not a collection"),
        ([("a", "pair"), "alone"], "row 2 is 'alone', not a pair of texts"),
        (pd.DataFrame(dict(review=["fine"])), "the columns review has no column text"),
    ]:
        with pytest.raises(TextError, match=re.escape(message)):
            checked_texts(asked)


@pytest.mark.torch
def test_a_stream_is_read_in_pieces():
    read = []
    pieces = in_pieces(read.append(i) or f"text {i}" for i in range(2_500))
    assert len(next(pieces)) == 1_000 and len(read) == 1_000
    assert [len(piece) for piece in pieces] == [1_000, 500]
    assert list(in_pieces(Dataset.from_dict(dict(text=["a"], text_pair=["b"])).to_iterable_dataset())) == [[("a", "b")]]
    with pytest.raises(TextError, match="row 1001 is None"):
        list(in_pieces(iter(["a"] * 1_000 + [None])))


def test_answers_show_themselves():
    answer = Prediction("What a <lovely> day!", {"bad": 0.1, "<good>": 0.9})
    assert answer == dict(label="<good>", probability=0.9)
    shown = answer._repr_html_()
    assert "&lt;lovely&gt;" in shown and "&lt;good&gt; 0.900" in shown and "<good>" not in shown
    assert shown.index("0.900") < shown.index("0.100")
    assert "The first 10 of 11" in Predictions([answer] * 11)._repr_html_()
