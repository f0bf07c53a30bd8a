"Where a run takes place must not decide how it ends: other people's kernels, modules, variables, folders and threads."

import json
import os
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import call, python, record, settings


@pytest.fixture
def hostile(tmp_path) -> SimpleNamespace:
    "A working directory and an environment with all that has led a run astray; what is used of it leaves a trace."
    place, traces, kernel = tmp_path / "my {work}", tmp_path / "traces", tmp_path / "jupyter" / "kernels" / "python3"
    long = tmp_path / ("long-" * 20) / "tmp"
    for folder in (place, traces, kernel, long):
        folder.mkdir(parents=True)
    for name in ("evaluate", "tokenizers"):
        (place / f"{name}.py").write_text(
            f"open({str(traces / name)!r}, 'w').close()\nraise SystemExit('the module of the user')\n"
        )
    startup = tmp_path / "startup.py"
    startup.write_text(f"open({str(traces / 'startup')!r}, 'w').close()\n")
    leave = f"open({str(traces / 'kernel')!r}, 'w').close(); raise SystemExit('the other kernel')"
    (kernel / "kernel.json").write_text(
        json.dumps(
            dict(argv=[sys.executable, "-c", leave, "{connection_file}"], display_name="Other", language="python")
        )
    )
    cluster = dict(RANK="0", LOCAL_RANK="0", WORLD_SIZE="2", MASTER_ADDR="127.0.0.1", MASTER_PORT="1")
    environment = cluster | dict(
        JUPYTER_PATH=str(tmp_path / "jupyter"),
        TMPDIR=str(long),
        PYTHONSTARTUP=str(startup),
        HOME="/dev/null",
        LORASENT_CACHE=str(tmp_path / "cache"),
        OMP_NUM_THREADS="1",
        CUDA_VISIBLE_DEVICES="",
    )
    return SimpleNamespace(place=place, traces=traces, environment=environment)


@pytest.mark.train
@pytest.mark.skipif(os.name == "nt", reason="sockets, homes and temporary folders of Unix")
def test_a_run_in_hostile_surroundings(small, hostile):
    answer = call(*small, "--reports", "rep {client}", cwd=hostile.place, **hostile.environment)
    assert answer.code == 0, answer.err
    [run] = (hostile.place / "rep {client}").glob("*/run.json")
    facts = record(run.parent)
    assert (
        facts["status"] == "completed"
        and facts["hardware"]["threads"] == 1
        and facts["hardware"]["gpu"] is None
        and (run.parent / "report.html").exists()
    )
    assert not list(hostile.traces.iterdir())


@pytest.mark.torch
@pytest.mark.parametrize(
    "cluster",
    [
        dict(LOCAL_RANK="0"),
        dict(RANK="0", WORLD_SIZE="2", MASTER_ADDR="127.0.0.1"),
        dict(OMPI_COMM_WORLD_SIZE="2", OMPI_COMM_WORLD_RANK="1"),
        dict(ACCELERATE_MIXED_PRECISION="fp16"),
    ],
    ids=lambda o: next(iter(o)),
)
def test_a_fit_is_one_process(dozen, distilbert, monkeypatch, cluster):
    "From Python too, in any kind of job."
    from accelerate.state import AcceleratorState, PartialState

    from lorasent.data.loading import load_data
    from lorasent.model.encoder import load_encoder
    from lorasent.model.head import build_classifier
    from lorasent.model.methods import apply_method
    from lorasent.training.fitting import fit

    for name, value in cluster.items():
        monkeypatch.setenv(name, value)
    AcceleratorState._reset_state(reset_partial_state=True)
    data, encoder = load_data(str(dozen)), load_encoder(str(distilbert), max_length=16, precision="fp32")
    trained = fit(
        apply_method(build_classifier(encoder, data.label_names), rank=2), encoder, data, epochs=1, batch_size=8
    )
    assert trained.best_epoch == 1 and PartialState().num_processes == 1
    assert all(os.environ[name] == value for name, value in cluster.items())


@pytest.mark.train
def test_tokens_do_not_hang_on_the_number_of_processes(distilbert, tmp_path, monkeypatch):
    "Many rows are tokenized in as many processes as there are threads to compute with."
    import torch
    from datasets import Dataset

    from lorasent.model.encoder import load_encoder
    from lorasent.training.fitting import tokenize

    rows, threads, found = (
        Dataset.from_dict(dict(text=[f"lunch {i}" for i in range(50_001)], label=[0] * 50_001)),
        torch.get_num_threads(),
        [],
    )
    encoder = load_encoder(str(distilbert), max_length=8, precision="fp32", attention="sdpa")
    for count in (1, 2):
        monkeypatch.setenv("LORASENT_CACHE", str(tmp_path / f"cache of {count}"))
        torch.set_num_threads(count)
        found.append(tokenize(rows, encoder)["input_ids"][:])
    torch.set_num_threads(threads)
    assert found[0] == found[1] and len(found[0]) == 50_001


@pytest.mark.train
def test_outside_the_main_thread(dozen, distilbert, tmp_path):
    "As in a web application."
    code = f"""if True:
        import json, threading
        from lorasent.config import load_config
        from lorasent.runs.execution import train
        given = dict(dataset={str(dozen)!r}, encoder={str(distilbert)!r}, max_length=16)
        config = load_config(**given, epochs=1, batch_size=8, precision="fp32")
        thread = threading.Thread(target=lambda: print(json.dumps(train(config).status)))
        thread.start()
        thread.join()"""
    done = python(code, cwd=tmp_path)
    assert done.out.strip() == '"completed"', done.err


@pytest.mark.train
def test_a_run_that_cannot_start_is_failed(dozen, distilbert, tmp_path):
    "Here: there is no interpreter any more where there was one. With torch loaded, the check needs none."
    code = f"""if True:
        import sys
        import torch
        from lorasent.config import load_config
        from lorasent.runs.execution import train
        config = load_config(dataset={str(dozen)!r}, encoder={str(distilbert)!r}, max_length=16, precision="fp32")
        def gone(folder): sys.executable = "/nowhere/python"
        print(train(config, announce=gone).record["exit_code"])"""
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.stdout.strip() == "1", done.stderr
    [run] = tmp_path.glob("reports/*/run.json")
    facts = record(run.parent)
    assert (
        facts["status"] == "failed"
        and "/nowhere/python" in facts["error"]
        and "This run failed" in (run.parent / "report.html").read_text()
    )


@pytest.mark.torch
@pytest.mark.parametrize(
    ("variables", "names"),
    [
        (dict(HOME="/dev/null", XDG_CACHE_HOME="", LORASENT_CACHE=""), ["/dev/null/.cache/lorasent", "LORASENT_CACHE"]),
        (dict(LORASENT_CACHE="/dev/null/here"), ["/dev/null/here", "LORASENT_CACHE"]),
    ],
)
def test_a_cache_that_cannot_be_written(dozen, refused, monkeypatch, variables, names):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    refused("train", *settings(dataset=dozen, encoder="minilm"), mentions=names)


@pytest.mark.torch
def test_a_hub_cache_that_cannot_be_written(refused, monkeypatch):
    "The hub's libraries keep a folder of their own, which another variable moves."
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", Path("/dev/null/datasets"))
    refused("train", *settings(dataset="someone/lunches", encoder="minilm"), mentions=["/dev/null/datasets", "HF_HOME"])
