"Written from nbs/data/texts.ipynb by `make export`: edit there."

import re

import pytest

from lorasent.data.texts import CONTROL, blank_kind, text_form, text_keys

pytestmark = [pytest.mark.xdist_group("data/texts")]


def test_blank_kind():
    assert [blank_kind(o) for o in (None, "", " \n", "\u200b \ufeff", "None")] == [
        "null",
        "empty",
        "whitespace",
        "invisible",
        None,
    ]
    assert [bool(re.search(CONTROL, o)) for o in ("a\tb\n", "a\x00b", "caf\ufffd")] == [False, True, True]


def test_text_form():
    assert text_form("I  LOVE it, don\u2019t you?! :)", "punctuation") == "i love it dont you :)"
    assert text_form("ﬁne\u200b", "case") == "fine"
    assert text_form("!!!", "punctuation") == "!!!"
    assert text_form("so it goes :)", "punctuation") != text_form("so it goes :(", "punctuation")


def test_text_keys():
    keys = text_keys(["Good.", "good", "goods"])
    assert (keys[0] == keys[1], keys[0] == keys[2]) == (True, False)
    assert text_keys(["good"], "exact").tolist() == [3509812042012788487]
    assert len(text_keys([])) == 0
