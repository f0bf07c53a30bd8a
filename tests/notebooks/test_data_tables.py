"Written from nbs/data/tables.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.data.encodings import DataError, Reading
from lorasent.data.tables import _SEPARATORS, look, possible_readings

pytestmark = [pytest.mark.xdist_group("data/tables")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global folder
    [folder] = story("data/tables").take("folder")


def test_look():
    (folder / "comma.csv").write_text("text,label\nfine, but loud,good\n")
    with pytest.raises(DataError, match="line 2: 3 fields, but 2"):
        look(folder / "comma.csv", Reading())
    (folder / "sst.tsv").write_text('sentence\tlabel\n"so-called" lunch\t0\n"fine\t1\n')
    assert not look(folder / "sst.tsv", Reading()).dialect.quotes
    (folder / "lines.csv").write_text('text,label\n"a fine,\nlong ""lunch""",good\n\n')
    assert list(look(folder / "lines.csv", Reading()).rows()) == [['a fine,\nlong "lunch"', "good"]]
    for separator in _SEPARATORS:
        (folder / "any.data").write_text(f"text{separator}label\n" + f"fine{separator}good\n" * 9)
        reading = Reading()
        assert possible_readings(folder / "any.data", reading)
        assert look(folder / "any.data", reading).dialect.separator == separator
        assert len(reading.notes) == (separator != ",")
