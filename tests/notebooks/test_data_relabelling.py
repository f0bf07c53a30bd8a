"Written from nbs/data/relabelling.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.data.files import DataError
from lorasent.data.relabelling import relabel

pytestmark = [pytest.mark.xdist_group("data/relabelling")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global corrected, folder, notes, parts
    [corrected, folder, notes, parts] = story("data/relabelling").take("corrected", "folder", "notes", "parts")


def test_relabel():
    assert [corrected[part]["label"][:] for part in parts] == [[0, 1, 0], [0, 1], [0]]
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
