"Written from nbs/data/encodings.ipynb by `make export`: edit there."

import tempfile
from pathlib import Path

import pytest

from lorasent.data.encodings import DataError, _likely, _wrong_byte, check_encoding

pytestmark = pytest.mark.xdist_group("data/encodings")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global folder, name
    folder = Path(tempfile.mkdtemp())
    (folder / "western.csv").write_bytes("text,label\nfine,good\nit’s a café,good\n".encode("cp1252"))
    (folder / "russian.csv").write_bytes(("text,label\n" + "прекрасный день за городом,хорошо\n" * 9).encode("cp1251"))
    for name in ("western.csv", "russian.csv"):
        try:
            check_encoding(folder / name, "utf-8")
        except DataError as error:
            print(str(error).replace(str(folder), "…"))


def testcheck_encoding():
    assert _wrong_byte(folder / "western.csv", "utf-8") == (3, 24, 0x92)
    (folder / "split.csv").write_bytes(b"a" * ((1 << 20) - 1) + "é".encode() + b"\n\xff")
    assert _wrong_byte(folder / "split.csv", "utf-8") == (2, (1 << 20) + 3, 0xFF)
    (folder / "torn.csv").write_bytes(b"a" * ((1 << 20) - 1) + b"\xc3b")
    assert _wrong_byte(folder / "torn.csv", "utf-8") == (1, 1 << 20, 0xC3)
    assert _wrong_byte(folder / "western.csv", "latin-1") is None
    assert _likely(folder / "western.csv") == "cp1252" and _likely(folder / "russian.csv") in ("cp1251", "mac_cyrillic")
