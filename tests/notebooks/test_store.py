"Written from nbs/store.ipynb by `make export`: edit there."

import tempfile

import pytest
from stories import story

from lorasent.store import replacing, write_json, write_text

pytestmark = [pytest.mark.xdist_group("store")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global folder
    [folder] = story("store").take("folder")


def test_files_are_whole_or_not_there():
    place = folder / "kept.txt"
    write_text(place, "before")
    with pytest.raises(TypeError):
        write_json(place, {"half": object()})
    with pytest.raises(TypeError), replacing(place) as partial:
        partial.write_text(None)
    assert place.read_text() == "before" and [o.name for o in folder.iterdir() if o.name.startswith(".")] == []
    with replacing(place, within=tempfile.mkdtemp(dir=folder)) as partial:
        partial.write_text("after")
    assert place.read_text() == "after" and partial.suffix == ".txt"
