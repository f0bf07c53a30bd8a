"Whole runs through the installed command line: one that succeeds, and each way in which one can end."

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from contextlib import suppress

import psutil
import pytest
from conftest import COMMAND, call, python, record, run_folders, sentences, settings, start, wait_for

pytestmark = pytest.mark.train


def test_a_run_leaves_everything(completed):
    assert completed.code == 0, completed.err
    [folder] = completed.folders
    assert re.fullmatch(r"small-\d{8}-\d{6}-[0-9a-f]{8}", folder.name)
    assert {path.name for path in folder.iterdir()} == {
        "run.json",
        "report.ipynb",
        "report.html",
        "metrics.json",
        "data_card.json",
        "round_trip.json",
        "usage.json",
        "predictions.parquet",
        "adapter",
        "figures",
        "manifest.json",
        "run.log",
        "progress.jsonl",
    }
    facts = record(folder)
    assert (
        facts["status"] == "completed" and facts["error"] is None and facts["metrics"]["macro_f1"]["value"] is not None
    )
    assert len(facts["encoder"]["sha256"]) == 64 and len(facts["data"]["fingerprint"]) == 64
    assert {"python", "torch", "peft", "transformers"} <= facts["versions"].keys()


def test_the_numbers_agree_with_the_predictions(completed):
    import pandas as pd
    from sklearn.metrics import accuracy_score, f1_score

    [folder] = completed.folders
    rows = pd.read_parquet(folder / "predictions.parquet")
    metrics = json.loads((folder / "metrics.json").read_text())
    assert len(rows) == record(folder)["data"]["rows"]["test"]
    assert metrics["test"]["accuracy"]["value"] == pytest.approx(
        accuracy_score(rows["label"], rows["prediction"]), abs=1e-6
    )
    assert metrics["test"]["macro_f1"]["value"] == pytest.approx(
        f1_score(rows["label"], rows["prediction"], average="macro"), abs=1e-6
    )
    assert set(metrics["test_by"]["place"]) <= {"inn", "bar"}


@pytest.mark.parametrize("setting", [dict(method="tfidf", cv=5), dict(cv=2, epochs=1)], ids=["tfidf", "lora"])
def test_with_cross_validation_every_row_is_tested_once(small, dozen, tmp_path, setting):
    import pandas as pd

    kept = [o for o in small if setting.get("method") != "tfidf" or o in ("train", "--name", "small")]
    answer = call(*kept, *settings(dataset=dozen, slice_column="place", round_trip="none", **setting), cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    rows, source = pd.read_parquet(folder / "predictions.parquet"), pd.read_csv(dozen)
    assert sorted(map(int, rows["id"])) == list(range(1, len(source) + 1))
    assert rows.groupby("fold").size().max() - rows.groupby("fold").size().min() <= 2
    metrics = json.loads((folder / "metrics.json").read_text())
    assert [fold["rows"] for fold in metrics["folds"]] == rows.groupby("fold").size().tolist()
    assert metrics["test"]["accuracy"]["value"] == pytest.approx((rows["label"] == rows["prediction"]).mean(), abs=1e-6)
    assert f"answered by one of {setting['cv']} models" in (folder / "report.html").read_text()
    trained = record(folder)["data"]["rows"]
    assert trained["train"] + trained["validation"] == trained["test"] == len(source)
    assert not (folder / "folds").exists() and call("predict", folder, "a lovely lunch", cwd=tmp_path).code == 0


@pytest.mark.parametrize(
    ("setting", "mentions"),
    [
        (dict(cv=5, folds=5), ["cv on all of them", "name one"]),
        (dict(cv=5, seeds=2), ["cv=5", "leave out seeds or cv"]),
        (dict(cv=5, test_split="test"), ["cv cuts the test rows itself"]),
        (dict(cv=5, streaming="true"), ["a stream", "cv"]),
        (dict(cv=1), ["cv", "greater than or equal to 2"]),
        (dict(cv=90), ["fewer groups than folds (90)"]),
    ],
)
def test_what_cross_validation_cannot_do_is_one_line(refused, dozen, setting, mentions):
    refused("train", *settings(dataset=dozen, method="tfidf", **setting), mentions=mentions)


def test_the_report_needs_nothing_but_itself(completed):
    [folder] = completed.folders
    page = (folder / "report.html").read_text()
    loading = re.sub(r'<a href="https://[^"]*">', "", page)  # a link that is clicked loads nothing
    assert not re.search(r"""(src|href)=["'](https?:)?//""", loading)
    assert page.count("<svg") >= 5 and "How to use it" in page and "completed" in page


def test_the_index_lists_the_run(completed):
    [folder] = completed.folders
    assert f'href="{folder.name}/report.html"' in (folder.parent / "index.html").read_text()


@pytest.fixture(scope="session", params=["fp32 sdpa", "bf16 eager"])
def in_either(request, completed, small, tmp_path_factory):
    "A whole run in each arithmetic, whichever this machine would choose."
    if request.param == "fp32 sdpa":
        return completed
    return call(
        *small,
        *settings(precision="bf16", attention="eager", round_trip="[merged]"),
        cwd=tmp_path_factory.mktemp("a run in bf16"),
    )


def test_the_adapter_predicts_the_same_in_a_fresh_process(in_either):
    "DistilBERT's two-layer head is saved and loaded; the label names come back."
    import pandas as pd

    assert in_either.code == 0, in_either.err
    [folder] = in_either.folders
    code = """if True:
        import json, sys
        from lorasent.data.loading import load_data
        from lorasent.inference.classifier import SentimentClassifier
        classifier = SentimentClassifier.load(sys.argv[1], backend="torch")
        test = load_data(sys.argv[2]).test
        probabilities = classifier.probabilities(test["text"][:])
        print(json.dumps([classifier.label_names, test["id"][:], probabilities.tolist()]))"""
    done = python(code, folder, record(folder)["config"]["dataset"])
    names, ids, probabilities = json.loads(done.out)
    rows = pd.read_parquet(folder / "predictions.parquet")
    assert names == ["bad", "good"] and ids == list(rows["id"])
    assert [probability[1] for probability in probabilities] == pytest.approx(list(rows["probability_good"]), abs=1e-6)
    adapter = json.loads((folder / "adapter" / "adapter_config.json").read_text())
    assert {"pre_classifier", "classifier"} <= set(adapter["modules_to_save"]) and len(adapter["target_modules"]) == 12


def test_the_same_configuration_gives_the_same_bytes_and_the_ledger_counts_it(completed, small, tmp_path):
    cwd = shutil.copytree(completed.cwd, tmp_path / "again")
    [first] = run_folders(cwd)
    again = call(*small, cwd=cwd)
    [second] = set(again.folders) - {first}
    assert [record(o)["test_set"]["earlier_runs"] for o in (first, second)] == [0, 1]
    assert "read by 1 earlier run" in (second / "report.html").read_text()
    for name in (
        "adapter/adapter_model.safetensors",
        "adapter/adapter_config.json",
        "metrics.json",
        "predictions.parquet",
    ):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


def test_a_text_that_tries_to_be_a_script_stays_a_text_and_a_long_one_is_shortened(small, tmp_path):
    evil = tmp_path / "evil.csv"
    evil.write_text(
        "text,label,place\n"
        + "".join(
            f"<script>alert({i})</script> <img src=x onerror=alert(1)> {o},{'<b>good</b>' if i % 2 else 'bad'},inn\n"
            for i, o in enumerate([*sentences(39), "very long " * 100_000])
        )
    )
    answer = call(*small, *settings(dataset=evil), cwd=tmp_path)
    page = (answer.folders[0] / "report.html").read_text()
    assert (
        "&lt;script&gt;alert(" in page
        and "<script>alert(" not in page
        and "<img src=x" not in page
        and "<b>good</b>" not in page
    )
    assert len(page) < 1_000_000 and not re.search("(very long ){60}", page)


def test_a_test_set_that_chooses_is_flagged_and_texts_can_be_kept_out(small, tmp_path):
    folder = tmp_path / "my data"
    folder.mkdir()
    for split in ("train", "test"):
        (folder / f"{split}.csv").write_text(
            "text,label,place\n"
            + "".join(
                f"secretword {o},{'good' if i % 2 else 'bad'},inn\n" for i, o in enumerate(sentences(20, seed=split))
            )
        )
    answer = call(*small, *settings(dataset="my data", validation_split="test", show_texts="false"), cwd=tmp_path)
    page = (answer.folders[0] / "report.html").read_text()
    assert "beware" in answer.out and page.index("The test rows chose the epoch") < page.index("What data")
    assert "secretword" not in page and "secretword" not in (answer.folders[0] / "report.ipynb").read_text()


def test_many_classes_stay_readable_and_a_model_of_one_class_is_said_first(small, tmp_path):
    "60 classes and a learning rate that teaches nothing."
    rows = [f"{text},{'often' if i < 80 else f'class{i % 60:02}'}" for i, text in enumerate(sentences(260))]
    (tmp_path / "many.csv").write_text("\n".join(["text,label", *rows]))
    setting = settings(dataset="many.csv", slice_column="null", epochs=1, learning_rate=1e-9, test_size=0.25)
    answer = call(*small, *setting, cwd=tmp_path)
    assert answer.code == 0, answer.err
    page = (answer.folders[0] / "report.html").read_text()
    assert "beware: The model gives all" in answer.out and page.index("The model gives all") < page.index("What data")
    assert "<details><summary>" in page and len(page) < 600_000


def test_a_training_that_collapses_is_begun_again_and_says_so(small, tmp_path):
    answer = call(*small, *settings(epochs=6, learning_rate=1, early_stopping="null"), cwd=tmp_path)
    assert answer.code == 0, answer.err
    page = (answer.folders[0] / "report.html").read_text()
    for where in (answer.out, page[: page.index("What data")]):
        assert "With learning_rate=1 training collapsed: at step 10" in where and "begun again with 0.333" in where


def test_a_failing_run_has_its_error_on_top(dozen, small, tmp_path):
    "The encoder's weights are damaged: that shows only when they are loaded."
    encoder = small[small.index("--set") + 3].removeprefix("encoder=")
    shutil.copytree(encoder, tmp_path / "damaged")
    weights = tmp_path / "damaged" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:1000])
    answer = call(*small, *settings(encoder="damaged"), cwd=tmp_path)
    assert (
        answer.code == 1 and answer.err.startswith("lorasent: failed: ") and len(answer.err.strip().splitlines()) == 1
    )
    [folder] = answer.folders
    facts, page = record(folder), (folder / "report.html").read_text()
    assert facts["status"] == "failed" and facts["metrics"] == {} and facts["error"] in answer.err
    assert page.index("This run failed.") < page.index("What data") and "EncoderError" in page
    assert "An Exception was encountered" not in page
    assert "failed" in (folder.parent / "index.html").read_text()


def training(small, cwd):
    "A run that would take very long, once it trains; and the processes below it."
    process = start(*small, *settings(epochs=1000, early_stopping="null"), cwd=cwd)
    wait_for(lambda: any((folder / "progress.jsonl").exists() for folder in run_folders(cwd)), process)
    return process, psutil.Process(process.pid).children(recursive=True)


@pytest.mark.cold
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_run(small, tmp_path, number, code):
    process, family = training(small, tmp_path)
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == code and "interrupted" in err
    assert not left(family, timeout=10), "an orphan is left"
    [folder] = run_folders(tmp_path)
    assert record(folder)["status"] == "interrupted" and "was interrupted" in (folder / "report.html").read_text()
    assert "What data" in (folder / "report.html").read_text()  # what was done before is kept


def left(family, timeout: float) -> list:
    "Who of them has not ended; a process that is dead, and that nobody has buried yet, has."
    found = []
    for process in psutil.wait_procs(family, timeout=timeout)[1]:
        with suppress(psutil.NoSuchProcess):
            found += [process] if process.status() != psutil.STATUS_ZOMBIE else []
    return found


def kernel_of(family):
    "The process that runs the notebook."
    return next(o for o in family if "run_kernel" in " ".join(o.cmdline()))


@pytest.mark.cold
def test_a_killed_kernel(small, tmp_path):
    "Papermill would save this notebook as completed."
    process, family = training(small, tmp_path)
    kernel_of(family).send_signal(signal.SIGKILL)
    _, err = process.communicate(timeout=120)
    assert process.returncode == 1 and "failed" in err and "out of memory" in err and len(err.strip().splitlines()) == 1
    [folder] = run_folders(tmp_path)
    assert record(folder)["status"] == "failed" and "This run failed." in (folder / "report.html").read_text()


@pytest.mark.cold
@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
def test_a_killed_supervisor_leaves_nobody_behind_and_the_next_index_says_so(small, tmp_path):
    from lorasent.runs.reports import build_index

    process, family = training(small, tmp_path)
    [folder] = run_folders(tmp_path)
    process.kill()
    assert not left(family, timeout=5), "an orphan is left"
    process.communicate(timeout=60)
    assert record(folder)["status"] == "running"
    assert "interrupted" in build_index(folder.parent).read_text()
    assert record(folder)["status"] == "interrupted" and "was interrupted" in (folder / "report.html").read_text()


@pytest.fixture
def checking(tmp_path):
    "A run whose check waits for a hub whose answer never ends; and the processes below it."

    def answer(connection):
        "A header every second: a hub that sends nothing else is given up after five."
        with suppress(OSError):
            connection.sendall(b"HTTP/1.1 200 OK\r\n")
            while True:
                connection.sendall(b"x-wait: 1\r\n")
                time.sleep(1)

    with socket.create_server(("127.0.0.1", 0)) as silent:
        hub = f"http://127.0.0.1:{silent.getsockname()[1]}"
        process = start(
            "train",
            "--set",
            "dataset=someone/lunches",
            cwd=tmp_path,
            HF_ENDPOINT=hub,
            HF_HOME=str(tmp_path),
            HF_HUB_OFFLINE="0",
        )
        silent.settimeout(120)
        with silent.accept()[0] as connection:
            threading.Thread(target=answer, args=(connection,), daemon=True).start()
            yield process, psutil.Process(process.pid).children(recursive=True)


@pytest.mark.skipif(os.name == "nt", reason="signals of Unix")
@pytest.mark.parametrize(("end", "code"), [("kernel", 2), ("Ctrl-C", 130)])
def test_a_check_that_is_ended(checking, tmp_path, end, code):
    process, family = checking
    if end == "kernel":
        kernel_of(family).kill()
    else:
        process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == code and len(err.strip().splitlines()) == (1 if end == "kernel" else 0), err
    assert not left(family, timeout=5) and not run_folders(tmp_path)


def test_the_notebook_runs_by_hand_with_the_hubs_cache(distilbert, tmp_path):
    "As in JupyterLab: distilbert-base-uncased from the cache (a tiny stand-in), fewer rows, no supervisor."
    import nbformat
    from conftest import ROOT
    from nbclient import NotebookClient

    cache = tmp_path / "home" / "hub" / "models--distilbert-base-uncased"
    shutil.copytree(distilbert, cache / "snapshots" / ("0" * 40))
    (cache / "refs").mkdir()
    (cache / "refs" / "main").write_text("0" * 40)
    notebook = nbformat.read(ROOT / "nbs" / "pipelines" / "train.ipynb", as_version=4)
    [parameters] = [cell for cell in notebook.cells if "parameters" in cell.metadata.get("tags", [])]
    parameters.source = parameters.source.replace("limit = None", "limit = 1000").replace(
        'round_trip = "auto"', 'round_trip = "none"'
    )
    NotebookClient(
        notebook, timeout=600, resources={"metadata": {"path": str(tmp_path)}}, kernel_name="python3"
    ).execute(env=os.environ | {"HF_HOME": str(tmp_path / "home")})
    [metrics] = tmp_path.glob("reports/run-*/metrics.json")
    found = json.loads(metrics.read_text())
    assert set(found["test_by"]["domain"]) == {"amazon", "movies", "nyt", "tweets"}
    assert list(found["baselines"]) == ["majority class", "VADER", "TF-IDF", "one human rater"]
    scores = {who: o["test"]["macro_f1"]["value"] for who, o in found["baselines"].items()}
    assert 0.6 < scores["one human rater"] < 0.85 and 0.4 < scores["VADER"] < scores["one human rater"]
    assert scores["majority class"] < 0.25 < scores["TF-IDF"] < scores["one human rater"]


def test_papermill_by_hand(dozen, distilbert, tmp_path):
    "The same folder as `lorasent train`, and its report by `lorasent render`."
    import papermill

    written = call("notebook", "work", cwd=tmp_path)
    assert written.out.strip() == os.path.join("work", "train.ipynb")
    parameters = dict(
        dataset=str(dozen),
        encoder=str(distilbert),
        max_length=16,
        epochs=1,
        precision="fp32",
        round_trip="none",
        name="hand",
    )
    papermill.execute_notebook(
        str(tmp_path / "work" / "train.ipynb"), str(tmp_path / "out.ipynb"), parameters, cwd=str(tmp_path)
    )
    [folder] = run_folders(tmp_path)
    facts = record(folder)
    assert facts["status"] == "completed" and facts["metrics"]["macro_f1"] and facts["encoder"]["sha256"]
    assert facts["data"]["rows"]["test"] == 4 and len(facts["test_set"]["reads"]) > 0
    assert call("render", "out.ipynb", cwd=tmp_path).out.strip() == str(folder / "report.html")
    assert "How to use it" in (folder / "report.html").read_text()
    assert f'href="{folder.name}/report.html"' in (folder.parent / "index.html").read_text()
    again = call("notebook", "work", cwd=tmp_path)
    assert again.code == 2 and "already exists" in again.err


def test_any_executed_notebook_can_be_rendered(tmp_path):
    cell = dict(cell_type="code", metadata={}, source="1 + 1", execution_count=1, id="a")
    outputs = [dict(output_type="execute_result", data={"text/plain": "2"}, metadata={}, execution_count=1)]
    notes = dict(cell_type="markdown", metadata={}, source="## A sum", id="b")
    notebook = dict(cells=[notes, cell | dict(outputs=outputs)], metadata={}, nbformat=4, nbformat_minor=5)
    (tmp_path / "sum.ipynb").write_text(json.dumps(notebook))
    assert call("render", "sum.ipynb", cwd=tmp_path).out.strip() == "sum.html"
    page = (tmp_path / "sum.html").read_text()
    assert "A sum" in page and "<pre>2</pre>" in page


@pytest.mark.skipif(os.name == "nt", reason="terminals of Unix")
def test_a_terminal_shows_what_takes_the_time(small, tmp_path):
    import pty

    shown = b""
    ours, theirs = pty.openpty()
    process = subprocess.Popen([COMMAND, *small], cwd=tmp_path, stdin=theirs, stdout=theirs, stderr=theirs)
    os.close(theirs)
    try:
        while part := os.read(ours, 4096):
            shown += part
    except OSError:  # the terminal is closed with its last process
        pass
    assert process.wait(60) == 0
    for words in (b"reading the data", b"loading the libraries", b"macro_f1"):
        assert words in shown, shown
        shown = shown[shown.index(words) :]


@pytest.mark.cold
def test_completion_for_a_shell(tmp_path):
    asked = dict(_LORASENT_COMPLETE="complete_bash", COMP_WORDS="lorasent tr", COMP_CWORD="1")
    assert call(cwd=tmp_path, **asked).out.split() == ["train"]


@pytest.mark.cold
def test_a_second_run_takes_its_share_of_the_threads(small, tmp_path, monkeypatch):
    monkeypatch.delenv("OMP_NUM_THREADS", raising=False)
    first = start(*small, *settings(epochs=1000, early_stopping="null"), cwd=tmp_path)
    wait_for(lambda: run_folders(tmp_path), first)
    second = call(*small, *settings(epochs=1), "--reports", "second", cwd=tmp_path)
    first.send_signal(signal.SIGTERM)
    first.communicate(timeout=60)
    assert second.code == 0, second.err
    assert re.search(r"\d+ other runs? on this machine: \d+ of \d+ threads", second.err)
    [facts] = (record(path.parent) for path in (tmp_path / "second").glob("*/run.json"))
    assert facts["hardware"]["threads"] == int(re.search(r": (\d+) of", second.err)[1])
