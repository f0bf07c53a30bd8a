"Written from nbs/runs/reports.ipynb by `make export`: edit there."

import json
import tempfile
from pathlib import Path

import pytest

from lorasent.config import RunConfig, make_config
from lorasent.runs.reports import _body_html, _with_contents, build_index, render_report, train_command

pytestmark = [pytest.mark.xdist_group("runs/reports")]


def test_with_contents():
    cells = [
        dict(cell_type="markdown", source="## One\n<script>alert(1)</script>"),
        dict(
            cell_type="code",
            source="x < 1",
            metadata={},
            outputs=[dict(output_type="execute_result", data={"text/plain": ["<b>"]})],
        ),
    ]
    body, contents = _with_contents(_body_html(cells))
    assert contents == [("section-1", "One")]
    assert "<script>" not in body and "&lt;b&gt;" in body and "x &lt; 1" in body


def test_the_command_that_makes_a_run_again():
    assert (
        train_command(make_config(name="x", rank=4, target_modules=["q_lin"]).model_dump())
        == "lorasent train --name x --set rank=4 --set 'target_modules=[q_lin]'"
    )


def test_build_index():
    folder = Path(tempfile.mkdtemp())
    for i, status in enumerate(["completed", "running"]):
        (folder / f"r{i}").mkdir()
        record = dict(
            id=f"r{i}",
            status=status,
            error=None,
            config=RunConfig().model_dump(),
            started=f"2026-01-0{i + 1}T00:00:00+00:00",
            ended=None,
            seconds=60,
            training_seconds=30,
            metrics={"accuracy": dict(value=0.5, low=0.4, high=0.6)},
            process=dict(pid=999999999, started=1.0),
        )
        (folder / f"r{i}" / "run.json").write_text(json.dumps(record))
    assert "r0/report.html" not in build_index(folder).read_text()  # there is none yet
    assert "Content-Security-Policy" in render_report(folder / "r0").read_text()
    assert json.loads((folder / "r1" / "run.json").read_text())["status"] == "interrupted"
    page = build_index(folder).read_text()
    assert page.index("r1/report.html") < page.index("r0/report.html") and "0.5, 0.4, 0.6" in page
