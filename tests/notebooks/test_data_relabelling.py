"Written from nbs/data/relabelling.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest
from datasets import ClassLabel, Dataset, Features, Value

from lorasent.data.files import DataError
from lorasent.data.relabelling import relabel

pytestmark = pytest.mark.xdist_group("data/relabelling")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global corrected, features, folder, notes, o, parts, role, rows, split
    features = Features(dict(id=Value("string"), text=Value("string"), label=ClassLabel(names=["bad", "good"])))

    def split(*ids):
        "Rows that are all bad."
        return Dataset.from_dict(
            dict(id=ids, text=[f"lunch {o}" for o in ids], label=[0] * len(ids)), features=features
        )

    folder = Path(tempfile.mkdtemp())
    (folder / "corrected.csv").write_text("id,label,text\n2,good,lunch 2\n5,good,lunch 5\n6,good,lunch 6\n")
    parts = dict(train=split("1", "2", "3"), validation=split("4", "5"), test=split("6"))
    corrected, notes = relabel(parts, str(folder / "corrected.csv"))
    {role: rows["label"][:] for role, rows in corrected.items()}, [o.replace(str(folder), "…") for o in notes]


def test_relabel():
    assert [corrected[o]["label"][:] for o in parts] == [[0, 1, 0], [0, 1], [0]]
    assert corrected["train"].features["label"].names == ["bad", "good"]
    assert "1 train rows, 1 validation rows" in notes[0] and "1 of the 3 corrections" in notes[1]
    assert relabel(parts, None) == (parts, [])
    (folder / "short.csv").write_text("id,label\n2,good\n")
    assert relabel(parts, str(folder / "short.csv"))[0]["train"]["label"][:] == [0, 1, 0]
    (folder / "other.csv").write_text("id,label,text\n2,good,another text\n")
    assert relabel(parts, str(folder / "other.csv"))[0]["train"]["label"][:] == [0, 0, 0]
    for content, why in (
        ("id,label\n2,god\n", "row 1 of .* has the label 'god'; did you mean 'good'"),
        ("id,prediction\n2,good\n", "has no column 'label'"),
    ):
        (folder / "wrong.csv").write_text(content)
        with pytest.raises(DataError, match=why):
            relabel(parts, str(folder / "wrong.csv"))
