"One training in several processes: the same steps, and what becomes of a process that ends before its time."

import os
import signal
import threading
import time
from contextlib import suppress

import numpy as np
import psutil
import pytest
from conftest import call, record, settings, wait_for

pytestmark = [pytest.mark.train, pytest.mark.xdist_group("parallel")]


@pytest.fixture(scope="module")
def build(dozen, distilbert):
    "A model on its way, its data and its configuration."
    from lorasent.config import load_config
    from lorasent.data.loading import load_data
    from lorasent.training.making import build_model, encoder_for

    def made(**keys):
        sizes = dict(max_length=16, epochs=3, batch_size=8, early_stopping=None)
        sizes |= dict(precision="fp32", attention="sdpa", encoder_dropout=0.0)
        config = load_config(dataset=str(dozen), encoder=str(distilbert), **(sizes | keys))
        data = load_data(config)
        return build_model(encoder_for(config), data, config), data, config

    return made


@pytest.mark.parametrize("method", ["lora", "full", "adalora"])
def test_two_processes_make_the_steps_of_one(build, method):
    from lorasent.inference.classifier import SentimentClassifier

    answers, fits = [], []
    for processes in (1, 2):
        model, data, config = build(method=method, processes=processes)
        fits.append(model.fit(data, config))
        texts = [*data.test["text"][:], *data.train["text"][:]]
        answers.append(SentimentClassifier(fits[-1].model, model.encoder, data.label_names).probabilities(texts))
    assert np.abs(answers[0] - answers[1]).max() < 0.01 and (answers[0].argmax(1) == answers[1].argmax(1)).all()
    assert [len(fit.epochs) for fit in fits] == [3, 3] and fits[0].epochs[-1]["step"] == fits[1].epochs[-1]["step"]
    assert fits[1].weights["before"] == fits[0].weights["before"] and fits[1].losses


@pytest.mark.cold
def test_a_process_that_is_killed_ends_the_training(build):
    from lorasent.training.fitting import TrainingError

    model, data, config = build(processes=2, epochs=500, early_stopping=None)

    def below():
        found = []
        for child in psutil.Process().children():
            with suppress(psutil.NoSuchProcess):  # an earlier test's may end meanwhile
                found += [child] if "_take_part" in " ".join(child.cmdline()) else []
        return found

    def kill():
        wait_for(below)
        time.sleep(5)
        os.kill(below()[-1].pid, signal.SIGKILL)

    threading.Thread(target=kill, daemon=True).start()
    with pytest.raises(TrainingError, match=r"in 2 processes: process . of 2 ended early"):
        model.fit(data, config)
    assert not below()


def test_a_run_of_two_processes(small, tmp_path):
    answer = call(*small, *settings(processes=2, encoder_dropout=0.0, seeds=2), cwd=tmp_path)
    assert answer.code == 0, answer.err
    [folder] = answer.folders
    assert record(folder)["config"]["processes"] == 2 and (folder / "seed_runs" / "seed-1" / "seed_run.json").exists()


@pytest.mark.parametrize(
    ("keys", "mentions"),
    [
        (dict(processes=3), "batch_size=32 cannot be shared out evenly among processes=3"),
        (dict(processes=2, streaming="true"), "leave out streaming"),
    ],
)
def test_wrong_uses(refused, dozen, keys, mentions):
    refused("train", dozen, *settings(**keys), mentions=[mentions])
