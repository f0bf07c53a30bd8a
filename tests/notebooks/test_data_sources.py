"Written from nbs/data/sources.ipynb by `make export`: edit there."

import gzip
import re

import pandas as pd
import polars as pl
import pytest
from datasets import Dataset
from stories import story

from lorasent.data.encodings import DataError
from lorasent.data.sources import _DOMAINS, _offline, read_source, sentiment, split_name

pytestmark = [pytest.mark.xdist_group("data/sources")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global folder, snippets
    [folder, snippets] = story("data/sources").take("folder", "snippets")


def test_sentiment():
    assert list(sentiment([-4, -0.5, 0, 0.51])) == [0, 1, 1, 2]


def test_read_snippets():
    assert len(snippets) == 23703
    assert {d: snippets["domain"].count(d) for d in _DOMAINS} == {
        "movies": 10605,
        "amazon": 3708,
        "tweets": 4200,
        "nyt": 5190,
    }


def test_split_name():
    assert [split_name(o) for o in ("train_df.csv", "val_df.csv", "reviews-test.parquet", "latest.csv")] == [
        "train",
        "validation",
        "test",
        None,
    ]


def test_read_source():
    (folder / "reviews.csv").write_text(
        '\ufefftext,label\n"a fine, quoted\nlunch",good\nNone,bad\n  ,bad\n', encoding="utf-8"
    )
    rows = read_source(str(folder / "reviews.csv")).splits["train"]
    assert rows["text"][:] == [
        "a fine, quoted\nlunch",
        "None",
        "  ",
    ]  # the word None is a text, the BOM is no part of a name
    with pytest.raises(DataError, match=re.escape("no such file")):
        read_source(str(folder / "nowhere.csv"))
    with _offline(True), pytest.raises(DataError, match=re.escape("ways out: a path to a file")):
        read_source("nobody/nothing")
    (folder / "empty.csv").write_text("")
    with pytest.raises(DataError, match=re.escape("is empty")):
        read_source(str(folder / "empty.csv"))


def test_sources_of_every_kind():
    def table(**splits):
        return {split: [len(rows), rows.column_names] for split, rows in splits.items()}

    many = folder / "many"
    (many / "dev").mkdir(parents=True)
    for i in range(2):
        (many / f"train-0000{i}-of-00002.csv").write_text(f"text,label\nrow {i},good\n")
    with gzip.open(many / "dev" / "part-1.csv.gz", "wt") as file:
        file.write("text,label\nzipped,bad\n")
    assert table(**read_source(str(many)).splits) == {
        "train": [2, ["text", "label"]],
        "validation": [1, ["text", "label"]],
    }
    assert read_source(str(many / "train-*.csv")).splits["train"]["text"][:] == ["row 0", "row 1"]
    with pytest.raises(DataError, match=re.escape("no file matches")):
        read_source(str(many / "nothing-*.csv"))
    (many / "train-00001-of-00002.csv").write_text("text,lable\nrow,good\n")
    with pytest.raises(DataError, match=re.escape("has the columns text, lable, but")):
        read_source(str(many))
    films = folder / "films"
    for split, kind in (("train", "pos"), ("train", "neg"), ("train", "unsup"), ("test", "neg")):
        (films / split / kind).mkdir(parents=True)
        (films / split / kind / "0_9.txt").write_text(f"\ufeff{kind} film", encoding="utf-8")
    imdb = read_source(str(films))
    assert (
        imdb.splits["train"]["label"][:],
        imdb.splits["train"]["text"][0],
        imdb.splits["test"]["id"][:],
        len(imdb.notes),
    ) == (["neg", "pos"], "neg film", ["test/neg/0_9.txt"], 1)
    (folder / "sst.tsv").write_text('sentence\tlabel\n"so-called" lunch\t0\n"fine\t1\n')
    assert read_source(str(folder / "sst.tsv")).splits["train"]["sentence"][:] == ['"so-called" lunch', '"fine']
    assert "were read as characters" in read_source(str(folder / "sst.tsv")).notes[0]
    (folder / "bare.tsv").write_text("0\tdull\n1\tlively\n")
    assert read_source(str(folder / "bare.tsv"), columns=["label", "text"]).splits["train"]["text"][:] == [
        "dull",
        "lively",
    ]
    (folder / "latin.csv").write_bytes("text,label\nfine,good\ncaf\xe9,good\n".encode("latin-1"))
    assert read_source(str(folder / "latin.csv"), encoding="latin-1").splits["train"]["text"][:] == ["fine", "caf\xe9"]
    (folder / "wide.jsonl").write_bytes('{"text": "caf\xe9", "label": 1}\n'.encode("utf-16"))
    assert len(read_source(str(folder / "wide.jsonl")).splits["train"]) == 1  # it begins with its mark
    assert read_source(str(folder / "wide.jsonl"), encoding="utf-16").splits["train"][0] == {
        "text": "caf\xe9",
        "label": 1,
    }
    (folder / "bom.jsonl").write_text('\ufeff{"text": "a", "label": 1}\n', encoding="utf-8")
    assert read_source(str(folder / "bom.jsonl")).splits["train"][0] == {"text": "a", "label": 1}
    (folder / "broken.jsonl").write_text('{"text": "a", "label": 1}\n{"text": "b", "label"\n')
    with pytest.raises(DataError, match=re.escape("line 2: not JSON")):
        read_source(str(folder / "broken.jsonl"))
    (folder / "broken.parquet").write_text("no parquet")
    with pytest.raises(DataError, match=re.escape("cannot be read as PARQUET")):
        read_source(str(folder / "broken.parquet"))
    with pytest.raises(DataError, match=re.escape("is no encoding of text")):
        read_source(str(folder / "latin.csv"), encoding="utf9")
    with pytest.raises(DataError, match=re.escape("are for hub data sets")):
        read_source(str(folder / "reviews.csv"), dataset_config="en")
    for frame in (
        pd.DataFrame({"text": ["a", None], "label": [0, 1]}),
        pl.DataFrame({"text": ["a", None], "label": [0, 1]}),
        Dataset.from_dict({"text": ["a", None], "label": [0, 1]}),
    ):
        assert read_source(frame).splits["train"]["text"][:] == ["a", None]
    with pytest.raises(DataError, match=re.escape("a list is not a data source")):
        read_source([1, 2])
    (folder / "long.csv").write_text("text,label\n" + "x" * 10**6 + ",good\n")
    assert len(read_source(str(folder / "long.csv")).splits["train"]["text"][0]) == 10**6
