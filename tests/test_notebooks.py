"Every notebook runs from top to bottom, on its small path, and shows what is kept in it."

import pytest
from stories import ROOT, names, needs, story


def marked(name: str):
    "A notebook with what it needs; the tests that stand in it run after it, in the same process."
    marks = [getattr(pytest.mark, o) for o in needs(ROOT / f"{name}.ipynb")]
    return pytest.param(name, marks=[pytest.mark.xdist_group(name), *marks])


@pytest.mark.parametrize("name", [marked(o) for o in names()])
def test_it_runs_and_shows_what_is_kept_in_it(name):
    found = story(name)
    assert not found.error, found.error
    assert not found.stale, "run `make outputs`, and look at what it changes\n" + "\n".join(found.stale)
