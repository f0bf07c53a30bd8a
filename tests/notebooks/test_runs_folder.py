"Written from nbs/runs/folder.ipynb by `make export`: edit there."

import tempfile
from datetime import datetime
from pathlib import Path

import pytest

from lorasent.config import RunConfig, make_config
from lorasent.runs.folder import (
    PROMISED,
    RunError,
    earlier_readers,
    find_run,
    manifest_fault,
    read_runs,
    run_id,
    run_row,
    write_manifest,
)
from lorasent.store import read_json, write_json

pytestmark = [pytest.mark.xdist_group("runs/folder")]


def test_run_id():
    assert run_id(make_config(name="a"), datetime(2026, 1, 2, 3, 4, 5))[:18] == "a-20260102-030405-"


def test_write_manifest():
    folder = Path(tempfile.mkdtemp())
    assert manifest_fault(folder) == "the notebook ended before its last cell"
    for name in [*PROMISED, "adapter/adapter_model.safetensors"]:
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(name)
    write_manifest(folder)
    assert manifest_fault(folder) is None
    (folder / "metrics.json").write_text("{ }")
    assert manifest_fault(folder) == "metrics.json differs from its manifest"
    (folder / "metrics.json").unlink()
    assert manifest_fault(folder) == "metrics.json is missing"


def test_find_run():
    folder = Path(tempfile.mkdtemp())
    names = ["demo-20260101-000000-aaaaaaaa", "demo-20260102-000000-aaaaaaaa", "other-20260101-000000-bbbbbbbb"]
    for i, name in enumerate(names):
        (folder / name).mkdir()
        facts = dict(id=name, status="completed", config=RunConfig().model_dump(), started=f"2026-01-0{i + 1}")
        write_json(folder / name / "run.json", facts)
    assert find_run("latest", folder).name.startswith("other")
    assert find_run("demo", folder).name == "demo-20260102-000000-aaaaaaaa"  # the newest
    assert find_run(str(folder / "demo-20260101-000000-aaaaaaaa"), folder).name == "demo-20260101-000000-aaaaaaaa"
    with pytest.raises(RunError, match=r"no run 'dmeo' in .*; did you mean 'demo'"):
        find_run("dmeo", folder)
    with pytest.raises(RunError, match="no run in nowhere"):
        find_run("latest", "nowhere")
    assert [run_row(run)["method"] for run in read_runs(folder)] == ["LoRA"] * 3


def test_earlier_readers():
    folder = Path(tempfile.mkdtemp())
    for i, status in enumerate(["completed", "running"]):
        (folder / f"r{i}").mkdir()
        write_json(
            folder / f"r{i}" / "run.json",
            dict(
                id=f"r{i}",
                status=status,
                config=RunConfig().model_dump(),
                started=f"2026-01-0{i + 1}",
                process=dict(pid=999999999, started=1.0),
            ),
        )
    assert [run.status for run in read_runs(folder)] == [
        "interrupted",
        "completed",
    ]  # newest first; the dead one is not running
    assert earlier_readers(folder, "abc") == 0
    for i, reads in enumerate([[dict(purpose="scores", rows=3, shaped=False)], []]):
        write_json(
            folder / f"r{i}" / "run.json",
            read_json(folder / f"r{i}" / "run.json") | dict(test_set=dict(fingerprint="abc", reads=reads)),
        )
    assert earlier_readers(folder, "abc") == 1  # the other one never came to read them
