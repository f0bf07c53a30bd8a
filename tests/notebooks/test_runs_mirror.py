"Written from nbs/runs/mirror.ipynb by `make export`: edit there."

from pathlib import Path

import pytest
from fsspec import filesystem
from stories import story

from lorasent.display import without_passwords
from lorasent.runs.folder import TRASH, location, read_run, shown
from lorasent.runs.mirror import RemoteError, discard, open_reports, publish, refresh, whole
from lorasent.store import read_json, write_json

pytestmark = [pytest.mark.xdist_group("runs/mirror")]


@pytest.fixture(scope="module", autouse=True)
def examples():
    "What the tests read of the notebook, which is run once for them and for `test_notebooks.py`."
    global elsewhere, files, reports
    [elsewhere, files, reports] = story("runs/mirror").take("elsewhere", "files", "reports")


def test_a_run_that_goes_on_is_not_sent():
    sent = [o.partition("reports/")[2] for o in filesystem("memory").find("/bucket/reports")]
    assert sent == ["lunch/adapter/weights", "lunch/report.html", "lunch/run.json"]


def test_what_was_not_sent_is_not_lost():
    assert files(elsewhere) == ["lunch/adapter/weights", "lunch/report.html", "lunch/run.json"]
    write_json(elsewhere / "lunch" / "about.json", dict(note="here"))
    write_json(reports / "lunch" / "about.json", dict(note="there"))
    publish(reports)
    refresh(elsewhere)  # both have written
    assert read_json(elsewhere / "lunch" / "about.json")["note"] == "here"
    publish(elsewhere)
    refresh(reports)
    assert read_json(reports / "lunch" / "about.json")["note"] == "here"


def test_the_bin():
    discard(read_run(elsewhere / "lunch"))
    refresh(reports)
    assert not (reports / "lunch").exists() and (reports / TRASH / "lunch" / "adapter" / "weights").exists()
    assert "/bucket/reports/.trash/lunch/adapter/weights" in filesystem("memory").find("/bucket/reports")


def test_a_name_that_leads_out_of_the_copy_is_not_got():
    for name, text in {
        "brunch/run.json": b"{}",
        "brunch/../../../outside": b"!",
        "brunch/about.json": b"no JSON",
    }.items():
        filesystem("memory").pipe_file(f"/bucket/reports/{name}", text)
    refresh(reports)
    whole(reports / "brunch")
    publish(reports)  # what is not ours disturbs nobody
    assert files(reports / "brunch") == ["about.json", "run.json"] and not list(reports.parent.glob("**/outside"))


def test_the_names_of_paths():
    assert shown(reports / "lunch" / "report.html") == "memory://bucket/reports/lunch/report.html"
    assert location(Path("reports/lunch")) == str(Path("reports/lunch"))
    assert without_passwords("sftp://me:secret@host/reports") == "sftp://host/reports"


def test_an_unknown_file_system_is_one_line():
    with pytest.raises(RemoteError, match="Protocol not known"):
        open_reports("nowhere://bucket")
