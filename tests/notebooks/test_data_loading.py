"Written from nbs/data/loading.ipynb by `make export`: edit there."

import re
from itertools import chain

import numpy as np
import pytest
from datasets import Dataset
from stories import story

from lorasent.data.columns import row_keys
from lorasent.data.encodings import DataError
from lorasent.data.loading import Cut, cut, find_slices, load_data, rating_shares, split_sizes
from lorasent.data.sources import SENTIMENTS

pytestmark = [pytest.mark.xdist_group("data/loading")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global cut_off, data, folder, stays, table
    [cut_off, data, folder, stays, table] = story("data/loading").take("cut_off", "data", "folder", "stays", "table")


def test_cut():
    assert not set(stays["document"]) & set(cut_off["document"])
    assert not set(row_keys(stays)) & set(row_keys(cut_off))
    assert abs(len(cut_off) - 2370) < 20, len(cut_off)
    backwards = table.select(np.arange(len(table))[::-1])
    assert set(cut(backwards, 2370)[1]["id"]) == set(cut_off["id"])
    assert set(cut(table, 2370, Cut(seed=1))[1]["id"]) != set(cut_off["id"])
    shares = [np.bincount(o["label"][:], minlength=3) / len(o) for o in (stays, cut_off)]
    assert np.abs(shares[0] - shares[1]).max() < 0.01, shares
    folds = [cut(table, 0, fold=(5, i))[1]["id"][:] for i in range(5)]
    assert (sorted(chain(*folds)) == sorted(table["id"]), max(map(len, folds)) - min(map(len, folds)) < 120) == (
        True,
        True,
    )
    dated = Dataset.from_dict(
        {
            "text": list("abcdef"),
            "label": [0, 1] * 3,
            "day": ["2024-03-01", "2023-01-05", "2025-01-01", "2024-03-02T10:00", "2022-01-01", "2021-01-01"],
        }
    )
    assert cut(dated, 2, Cut(time_column="day"))[1]["text"][:] == ["c", "d"]
    with pytest.raises(DataError, match=re.escape("row 1 of the rows to be cut holds 'a'")):
        cut(dated, 2, Cut(time_column="text"))
    with pytest.raises(DataError, match=re.escape("did you mean 'day'")):
        cut(dated, 2, Cut(group_column="dya"))
    with pytest.raises(DataError, match=re.escape("group_column=film: all rows belong to one group")):
        cut(dated.add_column("film", ["x"] * 6), 2, Cut(group_column="film"))


def test_rating_shares():
    assert rating_shares(Dataset.from_dict({"ratings": [[2, 1, 0, 3]]}), SENTIMENTS).tolist() == [[0, 0.25, 0.75]]
    assert rating_shares(Dataset.from_dict({"ratings": [["b", "a"]]}), ["a", "b"]).tolist() == [[0.5, 0.5]]
    with pytest.raises(DataError, match=re.escape("row 7 has ['c']")):
        rating_shares(Dataset.from_dict({"id": ["7"], "ratings": [["c"]]}), ["a", "b"])
    with pytest.raises(DataError, match=re.escape("needs a column of single ratings")):
        rating_shares(Dataset.from_dict({"id": ["7"]}), ["a", "b"])


def test_snippets():
    assert sum(map(len, data.splits.values())) == 23703
    for a, b in [("train", "test"), ("train", "validation"), ("validation", "test")]:
        assert not set(data.splits[a]["document"]) & set(data.splits[b]["document"]) and not set(
            data.splits[a]["text"]
        ) & set(data.splits[b]["text"])
    assert load_data("snippets").fingerprint == data.fingerprint
    assert load_data("snippets", split_seed=1).fingerprint != data.fingerprint
    assert find_slices(data) == "domain"
    with pytest.raises(DataError, match=re.escape("did you mean 'domain'")):
        find_slices(data, "domian")


@pytest.mark.torch
def test_load_data():
    with pytest.raises(DataError, match=re.escape("there are: review, stars")):
        load_data(str(folder / "mine.csv"))
    with pytest.raises(DataError, match=re.escape("row 1 of split 'train' has the label 'bad'")):
        load_data(
            str(folder / "mine.csv"), text_column="review", label_column="stars", label_map={"good": "yes", "Bad": "no"}
        )
    (folder / "one.csv").write_text("text,label\na,good\nb,good\nc,good\n")
    with pytest.raises(DataError, match=re.escape("fewer than two classes")):
        load_data(str(folder / "one.csv"))
    with pytest.raises(DataError, match=re.escape("no split 'dev'")):
        load_data(str(folder / "mine.csv"), text_column="review", label_column="stars", train_split="dev")
    (folder / "blank.csv").write_text(
        "text,label\n" + "".join(f"a{i},x\nb{i},y\n" for i in range(20)) + "\u200b,x\n,y\n", encoding="utf-8"
    )
    assert load_data(str(folder / "blank.csv")).blank == {"train": {41: "invisible", 42: "empty"}}
    table = Dataset.from_dict({"text": [f"text {i}" for i in range(20)], "label": [i % 2 for i in range(20)]})
    table.to_json(folder / "kind.jsonl")
    table.to_parquet(folder / "kind.parquet")
    table.to_csv(folder / "kind.tsv", sep="\t")
    for ending in ("jsonl", "parquet", "tsv"):
        assert load_data(str(folder / f"kind.{ending}")).label_names == ["0", "1"]
    parts = folder / "parts"
    parts.mkdir()
    for split in ("train_df", "val_df", "test_df"):
        (parts / f"{split}.csv").write_text("text,label\n" + "".join(f"{split} {i},{i % 2}\n" for i in range(10)))
    with pytest.raises(DataError, match=re.escape("are both the split 'validation'")):
        load_data(str(parts), train_split="val", validation_split="validation")
    both = load_data(str(parts), validation_split="test")
    assert (len(both.train), both.test["text"][0], len(both.warnings)) == (10, "test_df 0", 1)
    assert (
        load_data(str(parts), train_split="validation").notes[0] == "Trained on the split 'validation' of the source."
    )
    assert (both.test_reads[0]["purpose"], both.test_reads[0]["shaped"], "label" in both.test.column_names) == (
        "choosing the epoch",
        True,
        False,
    )
    assert both.test_labels("a look").tolist() == [0, 1] * 5
    assert len(both.test_reads) == 2
    few = load_data("snippets", limit=300)
    assert [len(o) for o in few.splits.values()] == [300] * 3
    assert set(few.test["id"]) < set(data.test["id"])
    assert len(load_data(table, test_size=4).test) == 4
    with pytest.raises(DataError, match=re.escape("test_size=20 asks for 20 rows, but there are only 20")):
        load_data(table, test_size=20)
    crossed = [load_data(table, folds=5, fold=i) for i in range(5)]
    assert sorted(chain(*(o.test["text"][:] for o in crossed))) == sorted(table["text"])
    assert len({o.test_fingerprint for o in crossed}) == 5
    assert (
        load_data({"train": table, "test": table.select([3, 1])}).test_fingerprint
        == load_data({"train": table, "test": table.select([1, 3])}).test_fingerprint
    )
    streamed = load_data(str(folder / "kind.jsonl"), streaming=True, validation_size=0.2, test_size=0.2)
    assert split_sizes(streamed)["train"] + len(streamed.validation) + len(streamed.test) == 20
