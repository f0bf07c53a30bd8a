"Written from nbs/data/files.ipynb by `make export`: edit there."

import json

import pandas as pd
import pytest
from stories import story

from lorasent.data.encodings import DataError, Reading
from lorasent.data.files import read_files

pytestmark = [pytest.mark.xdist_group("data/files")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global folder
    [folder] = story("data/files").take("folder")


def test_read_files():
    def read(name, **how):
        return read_files([folder / name], Reading(**how))

    rows = [dict(text="fine", label="good"), dict(text="dull", label="bad")]
    frame = pd.DataFrame(rows)
    frame.to_json(folder / "columns.json")
    (folder / "splits.json").write_text(json.dumps(dict(train=rows, test=rows[:1])))
    assert read("columns.json").to_list() == rows and read("splits.json")["test"].to_list() == rows[:1]
    frame.to_csv(folder / "a.zip", index=False, compression=dict(method="zip", archive_name="a.csv"))
    assert read("a.zip").to_list() == rows
    frame.to_csv(folder / "wide.csv", index=False, encoding="utf-16")
    assert read("wide.csv").to_list() == rows
    lines = [json.dumps(o) for o in [*rows * 4, dict(text=5, label="good")]]
    (folder / "number.jsonl").write_text("\n".join(lines))
    with pytest.raises(DataError, match="line 9: 5 in the text column"):
        read("number.jsonl")
    labels_first = "".join(f"{'good' if i % 2 else 'bad'},lunch {i}\n" for i in range(20))
    (folder / "label first.csv").write_text(labels_first)
    assert read("label first.csv", columns=["label", "text"])[0] == dict(label="bad", text="lunch 0")
    (folder / "header.csv").write_text("text,label\nlunch 0,bad\n" + "rain,good\nsun,bad\n" * 5)
    assert read("header.csv", columns=["a", "b"], header=True)[0] == dict(a="lunch 0", b="bad")
    (folder / "picture.bin").write_bytes(bytes(range(256)))
    with pytest.raises(DataError, match="unknown file format"):
        read("picture.bin")
