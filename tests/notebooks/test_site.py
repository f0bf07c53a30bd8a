"Written from nbs/site.ipynb by `make export`: edit there."

import json
import tempfile
from pathlib import Path

import pytest

from lorasent.site import Page, _links, command_page, configuration_page, methods_page, notebook_page

pytestmark = pytest.mark.xdist_group("site")


@pytest.fixture(scope="module", autouse=True)
def story():
    "The examples of the notebook that the tests hang on."
    global cells, place
    place = Path(tempfile.mkdtemp())
    cells = [
        dict(cell_type="markdown", source=["# Registry\n", "\n", "> Methods by name: $W + B A$"]),
        dict(cell_type="code", source=["#| export\n", "def register(method):\n", "    pass"]),
        dict(
            cell_type="code", source=["1 + 1"], outputs=[dict(output_type="execute_result", data={"text/plain": ["2"]})]
        ),
        dict(cell_type="code", source=["#| hide\n", "#| test\n", "assert True"]),
    ]
    (place / "one.ipynb").write_text(json.dumps(dict(cells=cells)))
    print(notebook_page(place / "one.ipynb", "lorasent.registry"))


def test_a_notebook_becomes_a_page():
    page = notebook_page(place / "one.ipynb", "lorasent.registry")
    assert "### register { #register }" in page and "| `method` | `Method` |" in page and "assert True" not in page
    assert "<math" in page and "```text\n2\n```" in page


def test_links_are_those_of_the_site():
    known = {"CHANGELOG.md": "changelog.md", "nbs/data/texts.ipynb": "api/data/texts.md"}
    text = "See `load_data`, `other`, [all](../../CHANGELOG.md#top), [texts](texts.ipynb)."
    text += "\n\n```python\n`load_data`\n```\n"
    page = Page("api/data/files.md", "Files", lambda: text, "", "nbs/data/files.ipynb")
    told = _links(page, text, {"load_data": "api/data/loading.md#load_data"}, known)
    assert "[`load_data`](../../api/data/loading.md#load_data)" in told and "`other`" in told
    assert "[all](../../changelog.md#top)" in told and "[texts](../../api/data/texts.md)" in told
    assert told.count("loading.md") == 1


def test_pages_from_the_code():
    assert "`--dry-run`" in command_page() and "## lorasent runs tag" in command_page()
    assert "| `learning_rate` |" in configuration_page() and "| `dora` |" in methods_page()
