"Written from nbs/data/hygiene.ipynb by `make export`: edit there."

import re

import pytest
from stories import story

from lorasent.data.encodings import DataError
from lorasent.data.hygiene import audit
from lorasent.data.loading import load_data

pytestmark = [pytest.mark.xdist_group("data/hygiene")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global card, test, train
    [card, test, train] = story("data/hygiene").take("card", "test", "train")


def test_audit():
    found = {finding.kind: (finding.count, finding.parts) for finding in card.findings}
    assert found["leaks"] == (4, {"exact": 2, "case": 1, "near": 1})
    assert found["duplicates"] == (2, {"exact": 1, "punctuation": 1})
    assert found["conflicts"] == (2, {"texts": 1})
    assert (found["blank"], found["control characters"]) == ((1, {"null": 1}), (1, {}))
    assert card.tainted.tolist() == [True] * 4
    cleaned = audit(
        load_data({"train": train, "validation": test.select([2, 3]), "test": test.select([0, 1])}), duplicates="drop"
    )
    assert cleaned.data.train["text"][:] == ["dull", "sun", "fog", "so-so", "\x00odd"]
    assert cleaned.tainted.tolist() == [False, False]
    with pytest.raises(DataError, match=re.escape("leaks: test row 1 and train row 1 are the same (case)")):
        audit(load_data({"train": train, "test": test}), leaks="error")
    with pytest.raises(DataError, match=re.escape("duplicates")):
        audit(load_data({"train": train, "test": test}), duplicates="error")
    same = load_data({"train": train, "test": test}, validation_split="test")  # one split in two roles is no leak
    assert audit(same).data.validation["text"][:] == test["text"][:4]
    hidden = audit(load_data({"train": train, "test": test}), show_texts=False)
    assert "lunch" not in hidden._repr_html_() and "lunch" not in str(hidden.as_dict())
    with pytest.raises(DataError, match=re.escape("the train split of a dict of splits has no rows left, once")):
        audit(load_data({"train": train, "test": train}))
