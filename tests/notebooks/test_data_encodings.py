"Written from nbs/data/encodings.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.data.encodings import _likely, _wrong_byte

pytestmark = [pytest.mark.xdist_group("data/encodings")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global folder
    [folder] = story("data/encodings").take("folder")


def testcheck_encoding():
    assert _wrong_byte(folder / "western.csv", "utf-8") == (3, 24, 0x92)
    (folder / "split.csv").write_bytes(b"a" * ((1 << 20) - 1) + "é".encode() + b"\n\xff")
    assert _wrong_byte(folder / "split.csv", "utf-8") == (2, (1 << 20) + 3, 0xFF)
    (folder / "torn.csv").write_bytes(b"a" * ((1 << 20) - 1) + b"\xc3b")
    assert _wrong_byte(folder / "torn.csv", "utf-8") == (1, 1 << 20, 0xC3)
    assert _wrong_byte(folder / "western.csv", "latin-1") is None
    assert _likely(folder / "western.csv") == "cp1252" and _likely(folder / "russian.csv") in ("cp1251", "mac_cyrillic")
