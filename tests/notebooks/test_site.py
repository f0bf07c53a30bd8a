"Written from nbs/site.ipynb by `make export`: edit there."

import pytest
from stories import story

from lorasent.site import Page, _links, command_page, configuration_page, methods_page, notebook_page

pytestmark = [pytest.mark.xdist_group("site")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global place
    [place] = story("site").take("place")


def test_a_notebook_becomes_a_page():
    page = notebook_page(place / "one.ipynb", "lorasent.registry")
    assert "### register { #register }" in page and "| `method` | `Method` |" in page and "assert True" not in page
    assert "<math" in page and "```text\n2\n```" in page


def test_links_are_those_of_the_site():
    known = {"CHANGELOG.md": "changelog.md", "nbs/data/texts.ipynb": "api/data/texts.md"}
    text = "See `load_data`, `other`, [all](../../CHANGELOG.md#top), [texts](texts.ipynb)."
    text += "\n\n```python\n`load_data`\n```\n"
    page = Page("api/data/files.md", "Files", lambda: text, "", "nbs/data/files.ipynb")
    described = _links(page, text, {"load_data": "api/data/loading.md#load_data"}, known)
    assert "[`load_data`](../../api/data/loading.md#load_data)" in described and "`other`" in described
    assert "[all](../../changelog.md#top)" in described and "[texts](../../api/data/texts.md)" in described
    assert described.count("loading.md") == 1


def test_pages_from_the_code():
    assert "`--dry-run`" in command_page() and "## lorasent runs tag" in command_page()
    assert "| `learning_rate` |" in configuration_page() and "| `dora` |" in methods_page()
