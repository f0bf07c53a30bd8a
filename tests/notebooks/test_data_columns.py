"Written from nbs/data/columns.ipynb by `make export`: edit there."

import re

import numpy as np
import pytest
from datasets import ClassLabel, Dataset, Features, Value
from stories import story

from lorasent.data.columns import Columns, check_columns, label_values, map_labels, padded_labels, prepare_rows
from lorasent.data.encodings import DataError

pytestmark = [pytest.mark.xdist_group("data/columns")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global blank, classes, columns, names, rows, stars, table
    [blank, classes, columns, names, rows, stars, table] = story("data/columns").take(
        "blank", "classes", "columns", "names", "rows", "stars", "table"
    )


def test_map_labels():
    assert map_labels(
        {"train": stars}, Columns(label="stars", label_thresholds={"negative": 2, "neutral": 3, "positive": None})
    )[1]["train"].tolist() == [0, 1, 2]
    assert map_labels({"train": stars}, Columns(label="stars"))[0] == ["1", "3.0", "5"]
    with pytest.raises(DataError, match=re.escape("row 1 of split 'train' has 'dull'")):
        map_labels({"train": stars}, Columns(label="text", label_thresholds={"a": 2, "b": None}))
    with pytest.raises(DataError, match=re.escape("row 3 of split 'dev' has the label 'great'")):
        map_labels({"dev": stars}, Columns(label="text", label_map={"dull": "bad", "fine": "good"}))
    swapped = Dataset.from_dict({"text": [str(i % 2) for i in range(200)], "label": [f"text {i}" for i in range(200)]})
    with pytest.raises(DataError, match=re.escape("look swapped: --set text_column=label --set label_column=text")):
        map_labels({"train": swapped}, Columns())
    with pytest.raises(DataError, match=re.escape("label_thresholds")):
        map_labels({"train": Dataset.from_dict({"text": ["a"] * 200, "label": [i / 7 for i in range(200)]})}, Columns())
    unlabelled = Dataset.from_dict(
        {"text": ["a", "b"], "label": [0, -1]},
        features=Features({"text": Value("string"), "label": ClassLabel(names=["x", "y"])}),
    )
    assert map_labels({"test": unlabelled}, Columns())[1]["test"].tolist() == [0, -1]
    with pytest.raises(DataError, match=re.escape("no row of split 'test' has a label")):
        map_labels({"test": unlabelled.select([1])}, Columns())
    untidy = Dataset.from_dict({"text": ["a", "b", "c", "d"], "label": ["good", " good ", "", None]})
    assert map_labels({"train": untidy}, Columns())[1]["train"].tolist() == [0, 0, -1, -1]
    assert padded_labels(untidy, "label") == 1
    several = Dataset.from_dict({"text": list("abcd"), "label": ["sad", "angry", "sad, angry", "calm"]})
    with pytest.raises(DataError, match=re.escape("several labels per row: 'sad, angry', next to 'angry' and 'sad'")):
        map_labels({"train": several}, Columns())
    assert len(map_labels({"train": several}, Columns(several_labels="keep"))[0]) == 4
    once = Dataset.from_dict({"text": list("abcd"), "label": ["News, Sport", "Food|Drink", "['x']", "1,5"]})
    with pytest.raises(DataError, match=re.escape("several labels per row: \"['x']\"")):
        map_labels({"train": once}, Columns())
    assert len(map_labels({"train": once.select([0, 1, 3])}, Columns())[0]) == 3
    with pytest.raises(DataError, match=re.escape("one label per row")):
        map_labels({"train": Dataset.from_dict({"text": ["a"], "label": [[1, 2]]})}, Columns())
    assert [
        value.tolist() if hasattr(value, "tolist") else value
        for value in label_values(Dataset.from_dict({"label": [1.0, 0.5, 1.0]}), "train", "label")
    ] == [["1", "0.5"], [0, 1, 0]]


def test_prepare_rows():
    assert rows[1] == {"id": "4", "label": 0, "text": "rain", "place": "inn"}
    assert blank == {2: "null", 3: "whitespace"}
    with pytest.raises(DataError, match=re.escape("row 1 of split 'train' holds a int")):
        prepare_rows(table.add_column("n", [1, 2, 3, 4]), "train", Columns("n", "tone"), names, classes["train"])
    with pytest.raises(DataError, match=re.escape("did you mean 'review'")):
        check_columns({"train": table}, Columns("reviw", "tone"))
    with pytest.raises(DataError, match=re.escape("--set 'columns=[text, label]'")):
        check_columns({"train": Dataset.from_dict({"a stirring, funny film": ["x"], "1": ["0"]})}, columns)
    pairs = Dataset.from_dict(
        {"id": [7.0, 8.0], "premise": ["it rains", "x"], "claim": ["it is wet", ""], "label": [1, 0]}
    )
    paired, empty = prepare_rows(pairs, "train", Columns("premise", "label", "claim"), ["0", "1"], np.array([1, 0]))
    assert (paired[0], empty) == ({"id": "7", "label": 1, "text": "it rains", "text_pair": "it is wet"}, {2: "empty"})
    with pytest.raises(DataError, match=re.escape("did you mean 'claim'")):
        check_columns({"train": pairs}, Columns("premise", "label", "clam"))
