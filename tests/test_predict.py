"Labels for texts and files through the installed command line; a cut prediction continues; what is refused."

import json
import signal
import time
from pathlib import Path

import pandas as pd
import pytest
from conftest import call, flip, record, settings, start, wait_for

pytestmark = [pytest.mark.process, pytest.mark.xdist_group("prediction")]


@pytest.fixture(scope="session")
def learned(dozen, tmp_path_factory) -> Path:
    "A working directory with a run in it, of a method that takes seconds."
    cwd = tmp_path_factory.mktemp("predicting")
    answer = call("train", dozen, "--name", "small", *settings(method="tfidf"), cwd=cwd)
    assert answer.code == 0, answer.err
    return cwd


@pytest.mark.cold
def test_texts_of_the_command_line_and_of_the_standard_input(learned):
    facts = call("predict", "latest", "a lovely lunch", "an awful lunch", cwd=learned)
    lines = [line.split("\t") for line in facts.out.splitlines()]
    assert [line[0] for line in lines] == ["good", "bad"] and [line[2] for line in lines] == [
        "a lovely lunch",
        "an awful lunch",
    ]
    found = json.loads(call("predict", "small", "--json", given="a lovely lunch\n", cwd=learned).out)
    assert found["prediction"] == "good" and sum(found["probabilities"].values()) == pytest.approx(1, abs=1e-5)


def test_a_file_gives_what_the_report_says(learned, dozen):
    "The test rows of the run, by way of the file that they came from."
    [folder] = learned.glob("reports/small-*")
    answer = call("predict", folder, "--input", dozen, "--output", "out.parquet", cwd=learned)
    assert answer.code == 0 and "40 rows: out.parquet" in answer.out, answer.err
    found, predicted = pd.read_parquet(learned / "out.parquet"), pd.read_parquet(folder / "predictions.parquet")
    assert list(found.columns) == ["text", "label", "place", "prediction", "probability_bad", "probability_good"]
    of_test = found.iloc[[int(o) - 1 for o in predicted["id"]]]  # rows are counted from 1
    assert list(of_test["prediction"]) == list(predicted["prediction"])
    assert list(of_test["probability_good"]) == pytest.approx(list(predicted["probability_good"]), abs=1e-6)


def test_two_predictions_into_one_file(learned):
    "One of them writes it, the other is told so; or they come one after the other."
    words = ("predict", "latest", "--input", "rows.csv", "--output", "both.csv", "--overwrite")
    pd.DataFrame(dict(text=[f"a lunch of {i}" * 50 for i in range(3000)])).to_csv(learned / "rows.csv", index=False)
    for pause in (0, 0.1, 0.5):
        processes = [start(*words, cwd=learned)]
        time.sleep(pause)
        processes.append(start(*words, cwd=learned))
        told = [process.communicate(timeout=120)[1] for process in processes]
        codes = [process.returncode for process in processes]
        assert sorted(codes) in ([0, 0], [0, 2]), told
        assert 2 not in codes or "another process is writing both.csv" in told[codes.index(2)], told
        assert len(pd.read_csv(learned / "both.csv")) == 3000 and not list(learned.glob(".both.csv*"))


def test_a_killed_prediction_goes_on(learned):
    "The same file as that of an undisturbed one, to the byte; what was done is not done again."
    rows = pd.DataFrame(dict(text=[f"a {'lovely' if i % 3 else 'awful'} lunch of {i}" * 20 for i in range(45_000)]))
    rows.to_csv(learned / "many.csv", index=False)
    words = ("predict", "latest", "--input", "many.csv", "--output")
    assert call(*words, "whole.csv", cwd=learned).code == 0
    process = start(*words, "cut.csv", cwd=learned)
    wait_for(lambda: list(learned.glob(".cut.csv.*/000001-*.parquet")), process)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    [first] = learned.glob(".cut.csv.*/000000-*.parquet")
    [second] = learned.glob(".cut.csv.*/000001-*.parquet")
    made = first.stat().st_mtime_ns
    flip(second)
    assert not (learned / "cut.csv").exists()
    process = start(*words, "cut.csv", cwd=learned)
    while process.poll() is None and first.exists():
        assert first.stat().st_mtime_ns == made
        time.sleep(0.01)
    _, told = process.communicate(timeout=120)
    assert process.returncode == 0 and f"{second.name} is damaged, and is made again" in told
    assert (learned / "cut.csv").read_bytes() == (learned / "whole.csv").read_bytes()
    assert not list(learned.glob(".cut.csv.*"))


@pytest.mark.parametrize(
    ("words", "mentions"),
    [
        (["samll", "a text"], ["no run 'samll' in reports", "did you mean 'small'"]),
        (["latest", "--input", "gone.csv", "--output", "out.csv"], ["there is no file gone.csv"]),
        (["latest", "--input", "rows.csv", "--output", "out.xml"], ["out.xml: the output must be .csv, .tsv"]),
        (["latest", "--input", "rows.csv"], ["--input needs --output, and --output needs --input"]),
        (["latest", "--input", "rows.csv", "--output", "taken.csv"], ["taken.csv already exists: --overwrite"]),
        (["latest", "--input", "rows.csv", "--output", "out.csv"], ["no column 'text'", "it has reveiw, stars"]),
        (["failed", "a text"], ["has no model: its status is failed"]),
    ],
    ids=lambda o: " ".join(o)[:30],
)
def test_refused_in_one_line(words, mentions, learned, within):
    (learned / "rows.csv").write_text("reveiw,stars\ngood,3\n")
    (learned / "taken.csv").write_text("kept")
    [folder] = learned.glob("reports/small-*")
    failed = learned / "reports" / "failed-20200101-000000-00000000"
    failed.mkdir(exist_ok=True)
    facts = record(folder) | dict(id=failed.name, status="failed", started="2020-01-01T00:00:00+00:00")
    (failed / "run.json").write_text(json.dumps(facts))
    answer = within("predict", *words, cwd=learned)
    assert answer.code == 2 and len(answer.err.strip().splitlines()) == 1, answer.err
    assert all(say in answer.err for say in mentions), answer.err
    assert (learned / "taken.csv").read_text() == "kept" and not (learned / "out.csv").exists()


def test_runs_are_listed(learned):
    rows = json.loads(call("runs", "--json", cwd=learned).out)
    assert rows[0]["run"].startswith("small-") and rows[0]["method"] == "TF-IDF" and rows[0]["encoder"] is None
    assert "small-" in call("runs", cwd=learned).out and "TF-IDF" in call("runs", cwd=learned).out
    assert call("runs", "--csv", cwd=learned).out.splitlines()[0].startswith("run,status,started")
    answer = call("open", "latest", cwd=learned, BROWSER="true")
    assert answer.code == 0 and answer.out.strip().endswith("report.html")


def test_a_model_that_may_say_nothing(dozen, tmp_path):
    "Below the probability that was chosen on validation the answer is unsure, in every way of asking."
    answer = call("train", dozen, "--name", "careful", *settings(method="tfidf", abstain_at=0.99), cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    description = folder / "model" / "lorasent.json"
    facts = json.loads(description.read_text())
    rows = pd.read_parquet(folder / "predictions.parquet")
    least = float(rows.filter(like="probability_").max(axis=1).median())  # so few rows choose nothing of use
    description.write_text(json.dumps(facts | dict(abstain_below=least)))
    (folder / "manifest.json").unlink()  # by which the change would be noticed
    assert call("predict", "careful", "--input", dozen, "--output", "out.csv", cwd=tmp_path).code == 0
    rows = pd.read_csv(tmp_path / "out.csv")
    sure = rows.filter(like="probability_").max(axis=1) >= least
    assert 0 < sure.sum() < len(rows) and list(rows["prediction"] != "unsure") == list(sure)
    unsure, one = rows["text"][~sure].iloc[0], rows["text"][sure].iloc[0]
    lines = call("predict", "careful", unsure, one, cwd=tmp_path).out.splitlines()
    assert lines[0].startswith("unsure\t") and not lines[1].startswith("unsure")
    plain, put_right = (
        json.loads(call("predict", "careful", unsure, "--json", *more, cwd=tmp_path).out)
        for more in ([], ["--calibrated"])
    )
    assert plain["prediction"] == put_right["prediction"] == "unsure" and facts["temperature"] != 1
    assert plain["probabilities"] != put_right["probabilities"]
